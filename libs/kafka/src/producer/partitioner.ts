const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** The murmur2 of Kafka's own clients over the key's UTF-8, as a signed 32-bit number. */
function murmur2(key: string): number {
  const { length } = key;
  const end = length & ~3;
  let hash = SEED ^ length;
  let seen = 0;
  let i = 0;
  for (; i < end; i += 4) {
    const a = key.charCodeAt(i);
    const b = key.charCodeAt(i + 1);
    const c = key.charCodeAt(i + 2);
    const d = key.charCodeAt(i + 3);
    seen |= a | b | c | d;
    const k = Math.imul(a | (b << 8) | (c << 16) | (d << 24), M);
    hash = Math.imul(hash, M) ^ Math.imul(k ^ (k >>> 24), M);
  }
  if (i < length) {
    for (let shift = 0; i < length; i += 1, shift += 8) {
      const code = key.charCodeAt(i);
      seen |= code;
      hash ^= code << shift;
    }
    hash = Math.imul(hash, M);
  }
  // Characters were taken for bytes, which only holds for ASCII; the bytes of anything else are, one by one, Latin-1.
  if (seen > 0x7f) return murmur2OfBytes(Buffer.from(key, 'utf8'));
  return finish(hash);
}

function murmur2OfBytes(bytes: Buffer): number {
  const { length } = bytes;
  const end = length & ~3;
  let hash = SEED ^ length;
  let i = 0;
  for (; i < end; i += 4) {
    const k = Math.imul(bytes.readInt32LE(i), M);
    hash = Math.imul(hash, M) ^ Math.imul(k ^ (k >>> 24), M);
  }
  if (i < length) {
    for (let shift = 0; i < length; i += 1, shift += 8) hash ^= bytes.readUInt8(i) << shift;
    hash = Math.imul(hash, M);
  }
  return finish(hash);
}

function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 13), M);
  return mixed ^ (mixed >>> 15);
}

const MAX_REMEMBERED = 8_192;

/**
 * Key -> partition, as every Kafka client does it by default. Hashes of the keys in use are kept: a lookup with the same string object
 * costs a tenth of the hash. Two generations bound the memory and drop what is no longer asked for.
 */
export class Partitioner {
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  partitionOf(key: string, partitions: number): number {
    return this.#hashOf(key) % partitions;
  }

  #hashOf(key: string): number {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const hash = this.#old.get(key) ?? murmur2(key) & 0x7fffffff;
    if (this.#young.size >= MAX_REMEMBERED) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, hash);
    return hash;
  }
}
