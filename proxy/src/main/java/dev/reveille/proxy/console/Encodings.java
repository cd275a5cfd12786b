package dev.reveille.proxy.console;

import java.util.Set;

/** Names of encodings other than UTF8 (Postgres documentation, "Character Set Support", 23.3). */
final class Encodings {
  private static final Set<String> NAMES = Set.of("sqlascii", "eucjp", "euccn", "euckr", "euctw",
      "eucjis2004", "muleinternal", "latin1", "latin2", "latin3", "latin4", "latin5", "latin6",
      "latin7", "latin8", "latin9", "latin10", "iso88591", "iso88592", "iso88593", "iso88594",
      "iso88595", "iso88596", "iso88597", "iso88598", "iso88599", "iso885910", "iso885913",
      "iso885914", "iso885915", "iso885916", "koi8r", "koi8u", "koi8", "win866", "win874",
      "win1250", "win1251", "win1252", "win1253", "win1254", "win1255", "win1256", "win1257",
      "win1258", "windows1250", "windows1251", "windows1252", "windows1253", "windows1254",
      "windows1255", "windows1256", "windows1257", "windows1258", "sjis", "big5", "gbk", "uhc",
      "gb18030", "johab", "shiftjis2004");

  private Encodings() {
  }

  /** @param plain in lower case, letters and digits only */
  static boolean known(String plain) {
    return NAMES.contains(plain);
  }
}
