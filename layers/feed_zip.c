/* feed_zip.c - the tables of a timetable inside a zip archive (PKWARE APPNOTE 6.3: end record, central directory,
 * local headers; zip64 too), unpacked whole by libdeflate.
 *
 * The archive lies in memory, read once: it is hashed from there, no other program can change it meanwhile, and
 * libdeflate wants whole buffers (twice as fast as zlib's streams). A general zip library would bring streams,
 * passwords and writing for four fixed records. Nothing is written to disk, members are only ever looked for by the
 * names of the tables; still an archive with names that climb out of it is not trusted.
 */
#include <inttypes.h>
#include <libdeflate.h>
#include <string.h>
#include <strings.h>

#include "feed.h"

enum {
  END_BYTES = 22,
  END64_BYTES = 56,
  LOCATOR_BYTES = 20,
  ENTRY_BYTES = 46,
  LOCAL_BYTES = 30,
  MOST_COMMENT = 65535,
  MOST_MEMBERS = 10000,
  STORED = 0,
  DEFLATED = 8,
  ENCRYPTED = 1,
  EXTRA_ZIP64 = 1
};
static const uint32_t END_MARK = 0x06054b50, END64_MARK = 0x06064b50, LOCATOR_MARK = 0x07064b50,
                      ENTRY_MARK = 0x02014b50, LOCAL_MARK = 0x04034b50;
/* Timetables shrink to a tenth or a twentieth; more than this is a bomb. Small tables may be as regular as they
 * like. */
enum { ZIP_RATIO = 200, ZIP_HARMLESS = 16 << 20 };
static const uint64_t ZIP_BYTES = UINT64_C(4) << 30;

static uint64_t number(const unsigned char *at, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; i--) value = value << 8 | at[i];
  return value;
}

/* The list of members as the end of the archive gives it. */
typedef struct directory {
  const unsigned char *at, *end;
  uint64_t members;
  uint64_t moved; /* bytes before the archive proper */
} directory;

static sund_code fail_damaged(sund_ctx *ctx) {
  return sund_fail(ctx, SUND_SOURCE, "the archive is cut or damaged; fetch it again");
}

/* Position of the end record; SIZE_MAX when there is none. */
static size_t find_end(const feed_files *files) {
  for (size_t back = END_BYTES; back <= files->archive_size && back <= END_BYTES + MOST_COMMENT; back++) {
    size_t at = files->archive_size - back;
    if (number(files->archive + at, 4) == END_MARK && number(files->archive + at + 20, 2) <= back - END_BYTES)
      return at;
  }
  return SIZE_MAX;
}

static sund_code read_end(sund_ctx *ctx, const feed_files *files, directory *out) {
  size_t at = find_end(files);
  if (at == SIZE_MAX) return fail_damaged(ctx);
  const unsigned char *end = files->archive + at;
  uint64_t members = number(end + 10, 2), bytes = number(end + 12, 4), begin = number(end + 16, 4), end_at = at;
  if (members == UINT16_MAX || bytes == UINT32_MAX || begin == UINT32_MAX) {
    if (at < LOCATOR_BYTES || number(end - LOCATOR_BYTES, 4) != LOCATOR_MARK) return fail_damaged(ctx);
    end_at = number(end - LOCATOR_BYTES + 8, 8);
    if (end_at > at || at - end_at < END64_BYTES + LOCATOR_BYTES || number(files->archive + end_at, 4) != END64_MARK)
      return fail_damaged(ctx);
    const unsigned char *end64 = files->archive + end_at;
    members = number(end64 + 32, 8), bytes = number(end64 + 40, 8), begin = number(end64 + 48, 8);
  }
  if (bytes > end_at || begin > end_at - bytes) return fail_damaged(ctx);
  out->moved = end_at - bytes - begin;
  out->at = files->archive + begin + out->moved;
  out->end = out->at + bytes;
  out->members = members;
  if (members > MOST_MEMBERS) return sund_fail(ctx, SUND_LIMIT, "archive has %" PRIu64 " members; not read", members);
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- members */

typedef struct member {
  const char *name; /* not ended by NUL */
  size_t length;
  unsigned flags, method;
  uint32_t crc;
  uint64_t packed, size, local;
} member;

/* Numbers too large for their fields stand in an extra one, in this order. */
static void read_zip64(const unsigned char *extra, const unsigned char *end, member *m) {
  while (end - extra >= 4) {
    uint64_t bytes = number(extra + 2, 2);
    const unsigned char *at = extra + 4;
    if ((uint64_t)(end - at) < bytes) return;
    const unsigned char *stop = at + bytes;
    uint64_t *const wanted[] = {&m->size, &m->packed, &m->local};
    for (size_t i = 0; number(extra, 2) == EXTRA_ZIP64 && i < 3; i++) {
      if (*wanted[i] != UINT32_MAX || stop - at < 8) continue;
      *wanted[i] = number(at, 8);
      at += 8;
    }
    extra = stop;
  }
}

static bool read_member(directory *d, member *m) {
  if (d->end - d->at < ENTRY_BYTES || number(d->at, 4) != ENTRY_MARK) return false;
  const unsigned char *e = d->at;
  uint64_t name = number(e + 28, 2), extra = number(e + 30, 2), comment = number(e + 32, 2);
  if ((uint64_t)(d->end - e) < ENTRY_BYTES + name + extra + comment) return false;
  *m = (member){.name = (const char *)e + ENTRY_BYTES,
                .length = name,
                .flags = (unsigned)number(e + 8, 2),
                .method = (unsigned)number(e + 10, 2),
                .crc = (uint32_t)number(e + 16, 4),
                .packed = number(e + 20, 4),
                .size = number(e + 24, 4),
                .local = number(e + 42, 4)};
  read_zip64(e + ENTRY_BYTES + name, e + ENTRY_BYTES + name + extra, m);
  d->at = e + ENTRY_BYTES + name + extra + comment;
  return true;
}

static bool unsafe(const member *m) {
  bool bad = m->length > 0 && m->name[0] == '/';
  for (size_t i = 0; i < m->length; i++) {
    char c = m->name[i];
    bad = bad || c == '\\' || c == '\0' || (c == '.' && i + 1 < m->length && m->name[i + 1] == '.');
  }
  return bad;
}

/* The table a member is, by the name behind its last slash; NULL = none. *folder: length of what stands before it. */
static feed_file *table_of(feed_files *files, const member *m, size_t *folder) {
  *folder = m->length;
  while (*folder > 0 && m->name[*folder - 1] != '/') --*folder;
  if (m->length >= 9 && memcmp(m->name, "__MACOSX/", 9) == 0) return NULL;
  for (size_t t = 0; t < FEED_TABLES; t++) {
    feed_file *file = &files->file[t];
    if (m->length - *folder == strlen(file->name) &&
        strncasecmp(m->name + *folder, file->name, m->length - *folder) == 0)
      return file;
  }
  return NULL;
}

static sund_code check_size(sund_ctx *ctx, const feed_files *files, const feed_file *file, uint64_t *unpacked) {
  *unpacked += file->size;
  if (file->size > ZIP_HARMLESS && file->size / ZIP_RATIO > files->archive_size)
    return sund_fail(ctx, SUND_LIMIT, "%s in the archive unpacks to %" PRIu64 " MB from %zu kB; not read", file->name,
                     file->size >> 20, files->archive_size >> 10);
  if (*unpacked > ZIP_BYTES || file->size > ZIP_BYTES)
    return sund_fail(ctx, SUND_LIMIT, "the archive unpacks to more than 4 GB; unpack it and name the folder");
  return SUND_OK;
}

static sund_code take_member(sund_ctx *ctx, const feed_files *files, const directory *d, const member *m,
                             feed_file *file) {
  const uint64_t whole = files->archive_size;
  uint64_t local = m->local + d->moved;
  if (m->flags & ENCRYPTED) return sund_fail(ctx, SUND_SOURCE, "%s in the archive is encrypted", file->name);
  if (m->method != STORED && m->method != DEFLATED)
    return sund_fail(ctx, SUND_SOURCE, "%s in the archive is packed by method %u, which is not read; pack it again",
                     file->name, m->method);
  if (m->local > whole || local > whole || whole - local < LOCAL_BYTES ||
      number(files->archive + local, 4) != LOCAL_MARK)
    return fail_damaged(ctx);
  file->at = local + LOCAL_BYTES + number(files->archive + local + 26, 2) + number(files->archive + local + 28, 2);
  if (file->at > whole || m->packed > whole - file->at || (m->method == STORED && m->packed != m->size))
    return fail_damaged(ctx);
  file->there = true;
  file->packed = m->packed, file->size = m->size, file->crc = m->crc, file->stored = m->method == STORED;
  return SUND_OK;
}

sund_code feed_zip_look(sund_ctx *ctx, feed_files *files) {
  directory d = {0};
  member m, first = {0};
  uint64_t unpacked = 0;
  size_t first_folder = 0, folder;
  TRY(read_end(ctx, files, &d));
  for (uint64_t i = 0; i < d.members; i++) {
    if (!read_member(&d, &m)) return fail_damaged(ctx);
    if (unsafe(&m))
      return sund_fail(ctx, SUND_SOURCE, "zip archive has an unsafe name: %.*s", (int)(m.length < 80 ? m.length : 80),
                       m.name);
    feed_file *file = table_of(files, &m, &folder);
    if (!file) continue;
    if (!first.name) first = m, first_folder = folder;
    if (file->there || folder != first_folder || memcmp(m.name, first.name, folder) != 0)
      return sund_fail(ctx, SUND_SOURCE, "the archive holds several timetables (%.*s, %.*s); unpack it and name one",
                       (int)first.length, first.name, (int)m.length, m.name);
    TRY(take_member(ctx, files, &d, &m, file));
    TRY(check_size(ctx, files, file, &unpacked));
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- unpack */

sund_code feed_zip_unpack(sund_ctx *ctx, const feed_files *files, const feed_file *file) {
  const unsigned char *packed = files->archive + file->at;
  bool whole = false;
  if (file->stored) {
    memcpy(file->bytes, packed, file->size);
    whole = true;
  } else {
    struct libdeflate_decompressor *unpacker = libdeflate_alloc_decompressor();
    if (!unpacker) return sund_fail(ctx, SUND_LIMIT, "out of memory");
    size_t used = 0;
    enum libdeflate_result result =
        libdeflate_deflate_decompress_ex(unpacker, packed, file->packed, file->bytes, file->size, &used, NULL);
    libdeflate_free_decompressor(unpacker);
    whole = result == LIBDEFLATE_SUCCESS && used == file->packed;
  }
  if (whole && libdeflate_crc32(0, file->bytes, file->size) == file->crc) return SUND_OK;
  return sund_fail(ctx, SUND_SOURCE, "%s is damaged: what is in the archive is not what it states; fetch it again",
                   file->name);
}
