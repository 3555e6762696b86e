/* osm_pbf.c - the blobs of a .osm.pbf file (wiki.openstreetmap.org/wiki/PBF_Format, fileformat.proto).
 *
 * A file is a row of blobs: four bytes of length, a BlobHeader, a Blob, which holds a block packed on its own. The headers
 * are gone through first; then several threads unpack blobs side by side. The first blob is the head of the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "osm_block.h"
#include "osm_wire.h"

enum { HEADER_TYPE = 1, HEADER_SIZE = 3, LARGEST_HEADER = 64 << 10, LARGEST_BLOB = 32 << 20, MOST_A_PART = 16 };
enum { BLOB_RAW = 1, BLOB_RAW_SIZE = 2, BLOB_ZLIB = 3, BLOB_LAST = 7 };
enum { HEAD_BOX = 1, HEAD_REQUIRED = 4, HEAD_OPTIONAL = 5, HEAD_SECONDS = 32 };

/* How a blob may be packed, by field of the Blob message; NULL = read. */
static const char *const packings[BLOB_LAST + 1] = {[4] = "lzma", [5] = "bzip2", [6] = "lz4", [7] = "zstd"};

/* What a file may require of its reader. */
static const char *const known_features[] = {"OsmSchema-V0.6", "DenseNodes"};

/* What a worker unpacks with. */
typedef struct unpacker {
  sund_ctx *ctx;
  const osm_reader *reader;
  uint8_t *packed, *raw;
  size_t packed_room, raw_room;
  struct libdeflate_decompressor *inflate;
} unpacker;

/* ------------------------------------------------------------------------------------------------------- unpacking */

static void free_inflate(void *data) {
  libdeflate_free_decompressor(data);
}

static sund_code open_unpacker(sund_ctx *ctx, const osm_reader *r, unpacker *out) {
  *out = (unpacker){.ctx = ctx, .reader = r, .inflate = libdeflate_alloc_decompressor()};
  if (!out->inflate) return sund_fail(ctx, SUND_LIMIT, "out of memory");
  return sund_defer(ctx, free_inflate, out->inflate);
}

static sund_code read_bytes(sund_ctx *ctx, const osm_reader *r, uint64_t at, size_t size, uint8_t *out) {
  while (size > 0) {
    ssize_t got = pread(r->handle, out, size, (off_t)at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return sund_fail(ctx, SUND_SOURCE, "cannot be read: %s", strerror(errno));
    if (got == 0) return sund_fail(ctx, SUND_SOURCE, "the file ends early");
    out += got;
    at += (uint64_t)got;
    size -= (size_t)got;
  }
  return SUND_OK;
}

static sund_code inflate(unpacker *u, osm_wire packed, uint64_t size, osm_wire *out) {
  if (size > LARGEST_BLOB) return sund_fail(u->ctx, SUND_SOURCE, "damaged: it unpacks to more than 32 MB");
  uint8_t *raw = sund_grow(u->ctx, u->raw, &u->raw_room, (size_t)size, 1);
  if (!raw) return SUND_LIMIT;
  u->raw = raw;
  size_t length = 0;
  enum libdeflate_result result =
      libdeflate_zlib_decompress(u->inflate, packed.at, (size_t)(packed.end - packed.at), raw, (size_t)size, &length);
  if (result != LIBDEFLATE_SUCCESS || length != size)
    return sund_fail(u->ctx, SUND_SOURCE, "damaged: its zlib data cannot be unpacked");
  *out = (osm_wire){raw, raw + length, false};
  return SUND_OK;
}

/* The block in a blob. */
static sund_code unpack(unpacker *u, const osm_blob *blob, osm_wire *out) {
  uint8_t *packed = sund_grow(u->ctx, u->packed, &u->packed_room, blob->size, 1);
  if (!packed) return SUND_LIMIT;
  u->packed = packed;
  TRY(read_bytes(u->ctx, u->reader, blob->at, blob->size, packed));
  osm_wire wire = {packed, packed + blob->size, false};
  osm_field field, data = {0};
  uint64_t size = 0;
  while (osm_wire_next(&wire, &field)) {
    if (field.number == BLOB_RAW_SIZE) size = field.value;
    else if (field.number <= BLOB_LAST && field.type == OSM_WIRE_BYTES) data = field;
  }
  if (wire.bad) return sund_fail(u->ctx, SUND_SOURCE, "damaged: it ends early");
  if (data.number == 0) return sund_fail(u->ctx, SUND_SOURCE, "damaged: it holds no data");
  if (packings[data.number])
    return sund_fail(u->ctx, SUND_SOURCE, "is packed with %s, which is not read; write the file with zlib",
                     packings[data.number]);
  *out = data.bytes;
  return data.number == BLOB_ZLIB ? inflate(u, data.bytes, size, out) : SUND_OK;
}

/* Passes a failure on, saying in which blob it was. */
static sund_code blame_blob(sund_ctx *ctx, const sund_ctx *inner, const osm_blob *blob) {
  const char *why = NULL;
  sund_code code = sund_failure(inner, &why, NULL, NULL);
  return sund_fail(ctx, code, "blob %" PRIu32 " at byte %" PRIu64 ": %s", blob->number, blob->begin, why);
}

/* ------------------------------------------------------------------------------------------------------------ head */

static bool is(osm_wire bytes, const char *text) {
  size_t length = strlen(text);
  return (size_t)(bytes.end - bytes.at) == length && memcmp(bytes.at, text, length) == 0;
}

static sund_code check_feature(sund_ctx *ctx, osm_wire name) {
  for (size_t i = 0; i < sizeof known_features / sizeof *known_features; i++)
    if (is(name, known_features[i])) return SUND_OK;
  if (is(name, "HistoricalInformation"))
    return sund_fail(ctx, SUND_SOURCE, "holds the history of things; make an extract of one day of it");
  char shown[40];
  size_t length = 0;
  for (; name.at < name.end && length + 1 < sizeof shown; name.at++)
    shown[length++] = *name.at >= ' ' && *name.at < 0x7F ? (char)*name.at : '?';
  shown[length] = '\0';
  return sund_fail(ctx, SUND_SOURCE, "requires a feature that is not known: %s", shown);
}

/* Left, right, top, bottom in nanodegrees become west, south, east, north. */
static sund_code read_box(sund_ctx *ctx, osm_wire wire, double box[4]) {
  static const int place[5] = {-1, 0, 2, 3, 1};
  osm_field field;
  double found[4] = {0};
  unsigned seen = 0;
  while (osm_wire_next(&wire, &field)) {
    if (field.number > 4 || field.type != OSM_WIRE_VARINT) continue;
    int64_t value = (int64_t)((field.value >> 1) ^ (0 - (field.value & 1)));
    found[place[field.number]] = (double)value / 1e9;
    seen |= 1u << field.number;
  }
  if (wire.bad) return sund_fail(ctx, SUND_SOURCE, "damaged: its box ends early");
  bool right = found[0] >= -180 && found[0] <= found[2] && found[2] <= 180 && found[1] >= -90 &&
               found[1] <= found[3] && found[3] <= 90;
  if (seen == 0x1E && right) memcpy(box, found, sizeof found);
  return SUND_OK;
}

static sund_code read_date(osm_reader *r, uint64_t seconds) {
  if (seconds == 0 || seconds > UINT64_C(32503680000)) return SUND_OK; /* the year 3000 */
  time_t time = (time_t)seconds;
  struct tm day;
  if (!gmtime_r(&time, &day)) return SUND_OK;
  r->file->date = sund_text(r->ctx, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
  return r->file->date ? SUND_OK : SUND_LIMIT;
}

static sund_code read_head(sund_ctx *ctx, osm_reader *r, osm_wire wire) {
  osm_field field;
  while (osm_wire_next(&wire, &field)) {
    bool bytes = field.type == OSM_WIRE_BYTES;
    if (field.number == HEAD_BOX && bytes) TRY(read_box(ctx, field.bytes, r->file->box));
    if (field.number == HEAD_REQUIRED && bytes) TRY(check_feature(ctx, field.bytes));
    if (field.number == HEAD_OPTIONAL && bytes && is(field.bytes, "LocationsOnWays")) r->placed = true;
    if (field.number == HEAD_SECONDS && field.type == OSM_WIRE_VARINT) TRY(read_date(r, field.value));
  }
  return wire.bad ? sund_fail(ctx, SUND_SOURCE, "damaged: the head of the file ends early") : SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- blobs */

/* One BlobHeader: what it is, and where its blob lies. `at` is moved behind the blob. */
static sund_code next_blob(sund_ctx *ctx, osm_reader *r, uint64_t *at, osm_blob *out, bool *head, bool *data) {
  uint8_t length[4], header[256];
  if (r->size - *at < sizeof length) return sund_fail(ctx, SUND_SOURCE, "the file ends early");
  TRY(read_bytes(ctx, r, *at, sizeof length, length));
  uint64_t size = (uint64_t)length[0] << 24 | (uint64_t)length[1] << 16 | (uint64_t)length[2] << 8 | length[3];
  *at += sizeof length;
  if (size == 0 || size > LARGEST_HEADER)
    return sund_fail(ctx, SUND_SOURCE, "damaged: no blob begins here (its header would have %" PRIu64 " bytes)",
                     size);
  if (size > r->size - *at) return sund_fail(ctx, SUND_SOURCE, "the file ends early");
  uint8_t *bytes = size > sizeof header ? sund_alloc(ctx, (size_t)size, 1) : header;
  if (!bytes) return SUND_LIMIT;
  TRY(read_bytes(ctx, r, *at, (size_t)size, bytes));
  *at += size;
  osm_wire wire = {bytes, bytes + size, false};
  osm_field field;
  uint64_t blob = UINT64_MAX;
  *head = *data = false;
  while (osm_wire_next(&wire, &field)) {
    if (field.number == HEADER_SIZE && field.type == OSM_WIRE_VARINT) blob = field.value;
    if (field.number != HEADER_TYPE || field.type != OSM_WIRE_BYTES) continue;
    *head = is(field.bytes, "OSMHeader");
    *data = is(field.bytes, "OSMData");
  }
  if (wire.bad || blob == UINT64_MAX) return sund_fail(ctx, SUND_SOURCE, "damaged: its header cannot be read");
  if (blob > LARGEST_BLOB) return sund_fail(ctx, SUND_SOURCE, "damaged: it would have %" PRIu64 " bytes", blob);
  if (blob > r->size - *at) return sund_fail(ctx, SUND_SOURCE, "the file ends early");
  out->at = *at;
  out->size = (uint32_t)blob;
  *at += blob;
  return SUND_OK;
}

/* Lists the blobs of data; those of other kinds are passed over, as the format wants. */
static sund_code list_blobs(sund_ctx *inner, osm_reader *r, osm_blob *blob) {
  unpacker u;
  size_t room = 0;
  uint64_t at = 0;
  TRY(open_unpacker(inner, r, &u));
  while (at < r->size) {
    bool head = false, data = false;
    blob->begin = at;
    blob->number++;
    TRY(next_blob(inner, r, &at, blob, &head, &data));
    if (blob->number == 1 && !head) return sund_fail(inner, SUND_SOURCE, "damaged: the file has no head");
    if (head) {
      osm_wire wire;
      TRY(unpack(&u, blob, &wire));
      TRY(read_head(inner, r, wire));
    }
    if (!data) continue;
    osm_blob *blobs = sund_grow(r->scratch, r->blob, &room, r->blobs + 1, sizeof *blobs);
    if (!blobs) return SUND_LIMIT;
    r->blob = blobs;
    r->blob[r->blobs++] = *blob;
  }
  return SUND_OK;
}

static void close_handle(void *data) {
  close(((osm_reader *)data)->handle);
}

sund_code osm_pbf_open(osm_reader *r) {
  struct stat status;
  r->handle = open(r->path, O_RDONLY | O_CLOEXEC);
  if (r->handle < 0 || fstat(r->handle, &status) != 0)
    return sund_fail(r->scratch, SUND_SOURCE, "cannot be read: %s", strerror(errno));
  TRY(sund_defer(r->scratch, close_handle, r));
  r->size = (uint64_t)status.st_size;
  sund_ctx *inner = sund_ctx_child(r->scratch);
  if (!inner) return SUND_LIMIT;
  osm_blob blob = {0};
  sund_code code = list_blobs(inner, r, &blob);
  if (sund_failure(inner, NULL, NULL, NULL) != SUND_OK) blame_blob(r->scratch, inner, &blob);
  sund_ctx_free(inner);
  TRY(code);
  r->blobs_a_part = r->blobs / 128 + 1;
  if (r->blobs_a_part > MOST_A_PART) r->blobs_a_part = MOST_A_PART;
  r->parts = (r->blobs + r->blobs_a_part - 1) / r->blobs_a_part;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ pass */

/* Has the part anything for this pass? Known when it was counted. */
static bool worthwhile(osm_reader *r, const osm_part *part) {
  if (r->take & OSM_TAKE_COUNTS) return true;
  if (r->take & OSM_TAKE_WAYS) return part->all[OSM_WAY] > 0;
  if (r->take & OSM_TAKE_BOX) return part->all[OSM_NODE] > 0;
  size_t low = 0, high = r->nodes;
  while (low < high) { /* the first node that is not below the part's */
    size_t middle = low + (high - low) / 2;
    if (r->node[middle] < part->low) low = middle + 1;
    else high = middle;
  }
  return part->all[OSM_NODE] > 0 && low < r->nodes && r->node[low] <= part->high;
}

static sund_code take_part(unpacker *u, osm_block *block, osm_reader *r, size_t row, const osm_blob **at) {
  size_t end = (row + 1) * r->blobs_a_part;
  if (end > r->blobs) end = r->blobs;
  for (size_t i = row * r->blobs_a_part; i < end; i++) {
    osm_wire wire;
    *at = &r->blob[i];
    TRY(unpack(u, *at, &wire));
    TRY(osm_block_take(block, &r->part[row], wire.at, (size_t)(wire.end - wire.at)));
  }
  return SUND_OK;
}

static sund_code take_parts(sund_ctx *worker, size_t begin, size_t end, void *data) {
  osm_reader *r = data;
  const osm_blob *at = NULL;
  sund_ctx *inner = sund_ctx_child(worker);
  if (!inner) return SUND_LIMIT;
  unpacker u;
  osm_block block = {.ctx = inner, .reader = r};
  sund_code code = open_unpacker(inner, r, &u);
  for (size_t i = begin; i < end && code == SUND_OK; i++) {
    if (!worthwhile(r, &r->part[i])) continue;
    code = take_part(&u, &block, r, i, &at);
    if (code == SUND_OK) continue;
    sund_ctx_pass(inner, r->part[i].ctx);
    code = blame_blob(worker, inner, at);
  }
  if (code != SUND_OK) sund_ctx_pass(worker, inner);
  sund_ctx_free(inner);
  return code;
}

sund_code osm_pbf_pass(osm_reader *r) {
  /* Where ids come twice the last one counts: then coordinates are taken in the order of the file. */
  bool beside = r->ordered || !(r->take & OSM_TAKE_PLACES);
  return sund_for(r->scratch, r->parts, beside ? 1 : r->parts, take_parts, r);
}
