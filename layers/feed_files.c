/* feed_files.c - the files of a timetable: those of a folder, or the members of a zip archive, into memory.
 *
 * Order: feed_files_look finds them, feed_files_load brings and hashes the bytes of the small tables, a table a
 * thread, feed_files_load_times those of stop_times.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "feed.h"
#include "hash.h"
#include "path.h"

static const char *const table_names[FEED_TABLES] = {
    [FEED_AGENCY] = "agency.txt",           [FEED_STOPS] = "stops.txt",
    [FEED_ROUTES] = "routes.txt",           [FEED_TRIPS] = "trips.txt",
    [FEED_STOP_TIMES] = "stop_times.txt",   [FEED_CALENDAR] = "calendar.txt",
    [FEED_FREQUENCIES] = "frequencies.txt", [FEED_CALENDAR_DATES] = "calendar_dates.txt",
    [FEED_TRANSFERS] = "transfers.txt",     [FEED_PATHWAYS] = "pathways.txt",
    [FEED_INFO] = "feed_info.txt"};

/* What is hashed of a folder, in this order, stop_times last: bytes as they are read, before they are cut into
 * texts. */
static const feed_table by_name[FEED_TABLES] = {
    FEED_AGENCY, FEED_CALENDAR,   FEED_CALENDAR_DATES, FEED_INFO,      FEED_FREQUENCIES, FEED_PATHWAYS,
    FEED_ROUTES, FEED_STOP_TIMES, FEED_STOPS,          FEED_TRANSFERS, FEED_TRIPS};

/* ----------------------------------------------------------------------------------------------------------- look */

static const char *file_path(sund_ctx *ctx, const feed_files *files, const feed_file *file) {
  return sund_text(ctx, "%s/%s", files->path, file->name);
}

/* Opening a named pipe would wait for ever. */
static sund_code look_in_folder(sund_ctx *ctx, feed_files *files) {
  for (size_t t = 0; t < FEED_TABLES; t++) {
    feed_file *file = &files->file[t];
    const char *path = file_path(ctx, files, file);
    struct stat status;
    if (!path) return SUND_LIMIT;
    if (stat(path, &status) != 0) continue;
    if (!S_ISREG(status.st_mode)) return sund_fail(ctx, SUND_SOURCE, "%s is not a regular file", file->name);
    file->there = true;
    file->size = (uint64_t)status.st_size;
  }
  return SUND_OK;
}

/* Reads exactly `size` bytes; a file that grew or shrank meanwhile is an error. */
static sund_code read_bytes(sund_ctx *ctx, const char *path, const char *name, void *bytes, size_t size) {
  FILE *file = fopen(path, "rb");
  if (!file) return sund_fail(ctx, SUND_SOURCE, "%s cannot be read", name);
  char more;
  setvbuf(file, NULL, _IONBF, 0);
  bool whole = fread(bytes, 1, size, file) == size && fread(&more, 1, 1, file) == 0 && !ferror(file);
  fclose(file);
  return whole ? SUND_OK : sund_fail(ctx, SUND_SOURCE, "%s changed while it was read; try again", name);
}

static sund_code look_in_archive(sund_ctx *ctx, feed_files *files) {
  path_facts facts;
  TRY(path_look(ctx, files->path, &facts));
  if (facts.content != PATH_ZIP) return sund_fail(ctx, SUND_SOURCE, "is neither a GTFS folder nor a zip archive");
  files->archive_size = (size_t)facts.size;
  files->archive = sund_alloc(ctx, files->archive_size, 1);
  if (!files->archive) return SUND_LIMIT;
  TRY(read_bytes(ctx, files->path, "the archive", files->archive, files->archive_size));
  return feed_zip_look(ctx, files);
}

sund_code feed_files_look(sund_ctx *ctx, const char *path, feed_files *out) {
  struct stat status;
  *out = (feed_files){.path = path};
  for (size_t t = 0; t < FEED_TABLES; t++) out->file[t].name = table_names[t];
  if (strncmp(path, "/vsi", 4) == 0) return sund_fail(ctx, SUND_SOURCE, "give the path of a GTFS folder or zip");
  if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) return look_in_folder(ctx, out);
  return look_in_archive(ctx, out);
}

/* ----------------------------------------------------------------------------------------------------------- load */

/* Large tables in large pages where the system has them: a tenth of the page faults. */
static char *room_for(sund_ctx *ctx, uint64_t size) {
  char *bytes = sund_alloc(ctx, size + 1, 1);
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (!bytes || size < 16 * page) return bytes;
  size_t skip = (page - (size_t)((uintptr_t)bytes % page)) % page;
  madvise(bytes + skip, (size - skip) / page * page, MADV_HUGEPAGE); /* advice: no answer is needed */
  return bytes;
}

static sund_code load_table(sund_ctx *worker, feed_files *files, const feed_file *file) {
  if (files->archive) return feed_zip_unpack(worker, files, file);
  const char *path = file_path(worker, files, file);
  return path ? read_bytes(worker, path, file->name, file->bytes, file->size) : SUND_LIMIT;
}

static sund_code end_hash(sund_ctx *ctx, feed_files *files) {
  const char *hex = NULL;
  TRY(hash_end(ctx, files->sum, &hex));
  snprintf(files->hash, sizeof files->hash, "%s", hex);
  return SUND_OK;
}

static sund_code add_to_hash(sund_ctx *ctx, feed_files *files, const feed_file *file) {
  TRY(hash_add(ctx, files->sum, file->name, strlen(file->name) + 1));
  return hash_add(ctx, files->sum, file->bytes, file->size);
}

static sund_code hash_archive(sund_ctx *ctx, feed_files *files) {
  TRY(hash_add(ctx, files->sum, files->archive, files->archive_size));
  return end_hash(ctx, files);
}

/* Row FEED_TABLES is the archive's hash. The large table comes later: feed_files_load_times. */
static sund_code load_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  feed_files *files = data;
  for (size_t t = begin; t < end; t++)
    if (t == FEED_TABLES) TRY(files->archive ? hash_archive(worker, files) : SUND_OK);
    else if (t != FEED_STOP_TIMES && files->file[t].there) TRY(load_table(worker, files, &files->file[t]));
  return SUND_OK;
}

sund_code feed_files_load(sund_ctx *ctx, sund_ctx *keep, feed_files *files) {
  for (size_t t = 0; t < FEED_TABLES; t++) {
    feed_file *file = &files->file[t];
    if (!file->there) continue;
    file->bytes = room_for(t == FEED_STOP_TIMES ? ctx : keep, file->size);
    if (!file->bytes) return t == FEED_STOP_TIMES ? SUND_LIMIT : sund_ctx_pass(ctx, keep);
  }
  TRY(hash_open(ctx, &files->sum));
  TRY(sund_for(ctx, FEED_TABLES + 1, 1, load_rows, files));
  for (size_t t = 0; t < FEED_TABLES && !files->archive; t++)
    if (by_name[t] != FEED_STOP_TIMES && files->file[by_name[t]].there)
      TRY(add_to_hash(ctx, files, &files->file[by_name[t]]));
  return SUND_OK;
}

sund_code feed_files_load_times(sund_ctx *ctx, feed_files *files) {
  const feed_file *file = &files->file[FEED_STOP_TIMES];
  TRY(load_table(ctx, files, file));
  if (files->archive) return SUND_OK;
  TRY(add_to_hash(ctx, files, file));
  return end_hash(ctx, files);
}
