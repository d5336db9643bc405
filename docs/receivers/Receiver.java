// A complete receiver of Fleethook's webhooks in Java 17 or later, without dependencies: WEBHOOK_SECRETS=... java Receiver.java
// It speaks HTTP: put it behind whatever ends TLS. See ../receivers.md.
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.*;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Receiver {
  static final int MAX_BODY_BYTES = 1 << 20, MAX_SEEN = 100_000;
  static final Map<String, String> ENV = System.getenv();
  static final long TOLERANCE_SECONDS = Long.parseLong(ENV.getOrDefault("TOLERANCE_SECONDS", "300"));
  // As 32 hex digits; old and new, separated by a comma, while the secret is rolled.
  static final List<byte[]> KEYS = Arrays.stream(ENV.getOrDefault("WEBHOOK_SECRETS", "").split(","))
      .filter(hex -> !hex.isEmpty()).map(HexFormat.of()::parseHex).toList();
  // The JDK has no JSON parser; in an event its PRN comes first, before anything that a device may have written.
  static final Pattern PRN = Pattern.compile("^\\{\"version\":\\d+,\"prn\":\"([^\"\\\\]+)\"");
  static final Set<String> SEEN = Collections.newSetFromMap(new LinkedHashMap<>() {
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) { return size() > MAX_SEEN; }
  });

  static boolean isRecent(long seconds) { return Math.abs(Instant.now().getEpochSecond() - seconds) <= TOLERANCE_SECONDS; }

  /** Constant time for each pair of a key and a signature given. */
  static boolean anyFits(String[] given, Function<byte[], String> encode, String prefix, byte[] body) throws Exception {
    boolean fits = false;
    for (byte[] key : KEYS) {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(prefix.getBytes());
      byte[] expected = encode.apply(mac.doFinal(body)).getBytes();
      for (String text : given) fits |= MessageDigest.isEqual(expected, text.getBytes());
    }
    return fits;
  }

  static String get(Headers headers, String name) { return Objects.requireNonNullElse(headers.getFirst(name), ""); }

  /** Either signature is enough: Peridio's, or that of Standard Webhooks. */
  static boolean isSigned(Headers headers, byte[] body) throws Exception {
    String publishedAt = get(headers, "peridio-published-at"), timestamp = get(headers, "webhook-timestamp");
    String[] peridio = get(headers, "peridio-signature").split(","), standard = get(headers, "webhook-signature").split(" ");
    if (publishedAt.endsWith("Z") && isRecent(Instant.parse(publishedAt).getEpochSecond())
        && anyFits(peridio, HexFormat.of().withUpperCase()::formatHex, publishedAt, body)) return true;
    Function<byte[], String> encode = digest -> "v1," + Base64.getEncoder().encodeToString(digest);
    return timestamp.matches("\\d{1,12}") && isRecent(Long.parseLong(timestamp))
        && anyFits(standard, encode, get(headers, "webhook-id") + "." + timestamp + ".", body);
  }

  static int statusOf(Headers headers, byte[] body) throws Exception {
    // The secret is shown only after the first test fire, which therefore cannot be verified; what else comes is sent again.
    if (KEYS.isEmpty()) return get(headers, "fleethook-event").equals("webhook.test_fire") ? 200 : 503;
    if (!isSigned(headers, body)) return 401;
    var prn = PRN.matcher(new String(body, "UTF-8"));
    if (!prn.find()) return 400;
    synchronized (SEEN) { // Here: into a queue of yours, unless it is a duplicate.
      System.out.println((SEEN.add(prn.group(1)) ? "event " : "duplicate ") + prn.group(1));
    }
    return 200;
  }

  public static void main(String[] arguments) throws Exception {
    if (KEYS.stream().anyMatch(key -> key.length != 16)) throw new Exception("WEBHOOK_SECRETS: a secret is 32 hex digits");
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(ENV.getOrDefault("PORT", "3000"))), 0);
    server.setExecutor(Executors.newFixedThreadPool(16));
    server.createContext("/", exchange -> {
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
      int status = 400;
      try {
        status = body.length > MAX_BODY_BYTES ? 413 : statusOf(exchange.getRequestHeaders(), body);
      } catch (Exception unreadable) {
        System.err.println(unreadable);
      }
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    server.start();
    System.out.println("listening on " + server.getAddress().getPort());
  }
}
