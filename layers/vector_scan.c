/* vector_scan.c - one pass over a file before it is read: its SHA-256, and whether its text is text.
 *
 * GDAL passes bytes that are not UTF-8 on, cuts text at a NUL, and expands entities of a document type. All three are
 * found here, with the offset of the byte, while the file is hashed anyway.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "vector.h"

enum { SCAN_BYTES = 1 << 16 };

/* Where the checker of UTF-8 stands between bytes (RFC 3629: no overlong forms, no surrogates). */
typedef struct utf8_state {
  int more;                /* continuation bytes to come     */
  unsigned char low, high; /* bounds of the next one         */
  unsigned char lead;      /* first byte of the character    */
  int64_t start;           /* its offset                     */
} utf8_state;

static bool accept_lead(utf8_state *state, unsigned char byte) {
  state->low = 0x80;
  state->high = 0xBF;
  if (byte < 0x80) return true;
  if (byte < 0xC2 || byte > 0xF4) return false;
  state->more = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) state->low = 0xA0;
  if (byte == 0xED) state->high = 0x9F;
  if (byte == 0xF0) state->low = 0x90;
  if (byte == 0xF4) state->high = 0x8F;
  return true;
}

static bool accept(utf8_state *state, unsigned char byte) {
  if (state->more == 0) return accept_lead(state, byte);
  if (byte < state->low || byte > state->high) return false;
  state->more--;
  state->low = 0x80;
  state->high = 0xBF;
  return true;
}

static sund_code check_text(sund_ctx *ctx, const unsigned char *bytes, size_t length, int64_t offset,
                            utf8_state *state) {
  if (offset == 0 && length >= 2 &&
      ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF)))
    return sund_fail(ctx, SUND_SOURCE, "text is UTF-16; save it as UTF-8");
  for (size_t i = 0; i < length; i++) {
    if (bytes[i] == 0) return sund_fail(ctx, SUND_SOURCE, "byte %" PRId64 " of the text is NUL", offset + (int64_t)i);
    if (state->more == 0) {
      state->start = offset + (int64_t)i;
      state->lead = bytes[i];
    }
    if (!accept(state, bytes[i]))
      return sund_fail(ctx, SUND_SOURCE,
                       "byte %" PRId64
                       " (0x%02X) is not UTF-8; the text looks like Latin-1 or Windows-1252, save it as "
                       "UTF-8",
                       state->start, state->lead);
  }
  return SUND_OK;
}

/* A document type stands before the root element, so in the first bytes. */
static sund_code check_xml(sund_ctx *ctx, const unsigned char *bytes, size_t length) {
  const char *text = sund_text(ctx, "%.*s", (int)length, (const char *)bytes);
  if (!text) return SUND_LIMIT;
  return strstr(text, "<!DOCTYPE") || strstr(text, "<!ENTITY")
             ? sund_fail(ctx, SUND_SOURCE, "XML with a DOCTYPE is not read")
             : SUND_OK;
}

static bool is_text(const path_facts *facts) {
  return facts->content == PATH_JSON || (facts->content == PATH_UNKNOWN && path_ends(facts->file, ".csv"));
}

static bool is_xml(const path_facts *facts) {
  return facts->content == PATH_XML || facts->content == PATH_GML || facts->content == PATH_KML ||
         facts->content == PATH_OSM;
}

static sund_code scan_file(sund_ctx *ctx, const path_facts *facts, FILE *file, hash_state *hash) {
  unsigned char *bytes = sund_alloc(ctx, SCAN_BYTES, 1);
  if (!bytes) return SUND_LIMIT;
  utf8_state state = {0};
  int64_t offset = 0;
  for (;;) {
    size_t length = fread(bytes, 1, SCAN_BYTES, file);
    if (length == 0) break;
    if (is_text(facts)) TRY(check_text(ctx, bytes, length, offset, &state));
    if (is_xml(facts) && offset == 0) TRY(check_xml(ctx, bytes, length));
    TRY(hash_add(ctx, hash, bytes, length));
    offset += (int64_t)length;
  }
  if (ferror(file)) return sund_fail(ctx, SUND_SOURCE, "cannot be read after byte %" PRId64, offset);
  if (is_text(facts) && state.more > 0)
    return sund_fail(ctx, SUND_SOURCE, "text ends inside a character, at byte %" PRId64, offset);
  return SUND_OK;
}

sund_code vector_scan(sund_ctx *ctx, const path_facts *facts, const char **hex) {
  hash_state *hash = NULL;
  *hex = NULL;
  if (facts->folder) return SUND_OK;
  TRY(hash_open(ctx, &hash));
  FILE *file = fopen(facts->file, "rb");
  if (!file) return sund_fail(ctx, SUND_SOURCE, "cannot be read: %s", strerror(errno));
  sund_code code = scan_file(ctx, facts, file, hash);
  fclose(file);
  return code == SUND_OK ? hash_end(ctx, hash, hex) : code;
}
