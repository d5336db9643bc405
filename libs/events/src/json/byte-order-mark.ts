/** RFC 8259 §8.1: whoever reads may pass over a byte order mark, which some programs put before UTF-8. */
export function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
