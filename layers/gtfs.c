/* gtfs.c - a look at a timetable: are the tables there that every feed must have (GTFS Schedule reference, "required"
 * files), with their key columns and at least one row? Folder and zip are read alike through GDAL's virtual files.
 *
 * Order for each table: size, bomb check, bytes read once through a small automaton that knows quotes (RFC
 * 4180), bytes compared with the size: a read error looks like the end of the file.
 */
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "guard.h"
#include "sund/layers.h"

typedef struct gtfs_need {
  const char *file;
  const char *columns[4]; /* ended by NULL */
} gtfs_need;

static const gtfs_need needs[] = {
    {"agency.txt", {"agency_name", NULL}},
    {"stops.txt", {"stop_id", NULL}},
    {"routes.txt", {"route_id", "route_type", NULL}},
    {"trips.txt", {"route_id", "service_id", "trip_id", NULL}},
    {"stop_times.txt", {"trip_id", "stop_id", "stop_sequence", NULL}},
};
static const gtfs_need calendars[] = {
    {"calendar.txt", {"service_id", NULL}},
    {"calendar_dates.txt", {"service_id", NULL}},
};

enum { LINE_BYTES = 1 << 20, READ_BYTES = 1 << 16 };
/* Timetables shrink to a tenth or a twentieth; more than this is a bomb. Small tables may be as regular as they like. */
enum { ZIP_RATIO = 200, ZIP_HARMLESS = 16 << 20 };
static const int64_t ZIP_BYTES = INT64_C(4) << 30;

typedef struct gtfs_feed {
  sund_ctx *ctx; /* scratch */
  guard guard;
  const char *root;   /* folder, or archive as GDAL names it       */
  int64_t archive;    /* bytes of the archive, 0 = a folder        */
  int64_t unpacked;   /* bytes of its tables so far                */
  char *line, *bytes; /* LINE_BYTES + 1, READ_BYTES                */
} gtfs_feed;

/* A table while it is read. */
typedef struct gtfs_table {
  const char *name;
  int64_t size, done; /* bytes: as stated, read so far                    */
  int64_t lines;      /* ended ones                                       */
  int64_t rows;       /* ended records that are not blank, with the header */
  size_t length;      /* of the record being read                         */
  bool blank;         /* it has white space only so far                   */
  bool quoted;        /* inside quotes                                    */
  char before;        /* the byte before in the record, 0 = none          */
} gtfs_table;

/* ------------------------------------------------------------------------------------------------------------ bytes */

static void end_record(gtfs_feed *feed, gtfs_table *t) {
  if (!t->blank && t->rows == 0) feed->line[t->length] = '\0';
  t->rows += !t->blank;
  t->length = 0;
  t->blank = true;
  t->before = '\0';
}

/* Quotes open at the start of a field only: 5" is no quoted text. A doubled one closes and opens again. */
static sund_code take_byte(gtfs_feed *feed, gtfs_table *t, char byte) {
  t->lines += byte == '\n';
  if (byte == '\n' && !t->quoted) {
    end_record(feed, t);
    return SUND_OK;
  }
  if (t->length == LINE_BYTES)
    return sund_fail(feed->ctx, SUND_SOURCE, "%s: line %" PRId64 " is longer than 1 MB%s", t->name, t->lines + 1,
                     t->quoted ? "; is a quote not closed?" : "");
  bool starts = t->before == '\0' || t->before == ',' || t->before == '"';
  bool quote = byte == '"' && (t->quoted || starts);
  if (quote) t->quoted = !t->quoted;
  if (t->rows == 0) feed->line[t->length] = byte;
  t->length++;
  t->blank = t->blank && strchr(" \t\r", byte) && byte;
  t->before = byte == '"' && !quote ? ' ' : byte;
  return SUND_OK;
}

static sund_code take_bytes(gtfs_feed *feed, gtfs_table *t, VSILFILE *file) {
  static const char mark[] = "\xEF\xBB\xBF";
  for (size_t got; t->done <= t->size && (got = VSIFReadL(feed->bytes, 1, READ_BYTES, file)) > 0;) {
    bool marked = t->done == 0 && got >= 3 && memcmp(feed->bytes, mark, 3) == 0;
    for (size_t i = marked ? 3 : 0; i < got; i++) TRY(take_byte(feed, t, feed->bytes[i]));
    t->done += (int64_t)got;
  }
  if (t->done != t->size)
    return sund_fail(feed->ctx, SUND_SOURCE, "%s is damaged: it states %" PRId64 " bytes, %s can be read", t->name,
                     t->size, t->done < t->size ? "fewer" : "more");
  if (feed->guard.failures > 0) return sund_fail(feed->ctx, SUND_SOURCE, "%s: %s", t->name, feed->guard.failure);
  if (t->quoted) return sund_fail(feed->ctx, SUND_SOURCE, "%s ends inside a quoted text", t->name);
  end_record(feed, t); /* the last line may have no end */
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- tables */

/* Is `column` one of the names of a header line? Quotes and blanks around a name are passed over. */
static bool has_column(const char *header, const char *column) {
  size_t length = strlen(column);
  for (const char *at = header; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    const char *name = at + strspn(at, " \"");
    if (strncmp(name, column, length) != 0) continue;
    const char *end = name + length + strspn(name + length, " \"\r");
    if (*end == ',' || *end == '\0') return true;
  }
  return false;
}

static sund_code check_size(gtfs_feed *feed, const gtfs_table *t) {
  if (feed->archive == 0) return SUND_OK;
  feed->unpacked += t->size;
  if (t->size > ZIP_HARMLESS && t->size / ZIP_RATIO > feed->archive)
    return sund_fail(feed->ctx, SUND_LIMIT,
                     "%s in the archive unpacks to %" PRId64 " MB from %" PRId64 " kB; not read", t->name,
                     t->size >> 20, feed->archive >> 10);
  if (feed->unpacked > ZIP_BYTES)
    return sund_fail(feed->ctx, SUND_LIMIT, "the archive unpacks to more than 4 GB; unpack it and name the folder");
  return SUND_OK;
}

/* Reads a table whole when it is there, else says so. */
static sund_code read_file(gtfs_feed *feed, gtfs_table *t, bool *there) {
  const char *path = sund_text(feed->ctx, "%s/%s", feed->root, t->name);
  if (!path) return SUND_LIMIT;
  struct stat status;
  *there = feed->archive > 0 || stat(path, &status) == 0;
  /* Opening a named pipe would wait for ever. */
  if (*there && feed->archive == 0 && !S_ISREG(status.st_mode))
    return sund_fail(feed->ctx, SUND_SOURCE, "%s is not a regular file", t->name);
  VSILFILE *file = *there ? VSIFOpenL(path, "rb") : NULL;
  *there = *there && (file || feed->archive == 0);
  if (!file)
    return *there ? sund_fail(feed->ctx, SUND_SOURCE, "%s cannot be read", t->name) : guard_check(&feed->guard);
  t->size = VSIFSeekL(file, 0, SEEK_END) == 0 ? (int64_t)VSIFTellL(file) : 0;
  VSIRewindL(file);
  sund_code code = check_size(feed, t);
  if (code == SUND_OK) code = take_bytes(feed, t, file);
  VSIFCloseL(file);
  return code;
}

/* Checks the columns of a table and counts its rows; rows is -1 when the file is not there. */
static sund_code read_table(gtfs_feed *feed, const gtfs_need *need, int64_t *rows) {
  gtfs_table t = {.name = need->file, .blank = true};
  bool there = false;
  *rows = -1;
  TRY(read_file(feed, &t, &there));
  if (!there) return SUND_OK;
  for (size_t c = 0; t.rows > 0 && need->columns[c]; c++)
    if (!has_column(feed->line, need->columns[c]))
      return sund_fail(feed->ctx, SUND_SOURCE, "%s has no column %s", need->file, need->columns[c]);
  *rows = t.rows > 0 ? t.rows - 1 : 0;
  return SUND_OK;
}

static sund_code check_tables(gtfs_feed *feed, sund_reading *reading) {
  int64_t rows, services = 0;
  for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
    TRY(read_table(feed, &needs[i], &rows));
    if (rows < 0) return sund_fail(feed->ctx, SUND_SOURCE, "no GTFS feed: %s is missing", needs[i].file);
    if (rows == 0) return sund_fail(feed->ctx, SUND_SOURCE, "%s has no rows", needs[i].file);
    reading->read = reading->used = rows; /* in the end those of stop_times */
  }
  for (size_t i = 0; i < sizeof calendars / sizeof *calendars; i++) {
    TRY(read_table(feed, &calendars[i], &rows));
    if (rows > 0) services += rows;
  }
  if (services > 0) return SUND_OK;
  return sund_fail(feed->ctx, SUND_SOURCE, "no GTFS feed: calendar.txt and calendar_dates.txt are missing or empty");
}

/* ------------------------------------------------------------------------------------------------------------- feed */

static sund_code find_feed(gtfs_feed *feed, const char *path) {
  struct stat status;
  if (strncmp(path, "/vsi", 4) == 0)
    return sund_fail(feed->ctx, SUND_SOURCE, "give the path of a GTFS folder or zip");
  if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
    feed->root = path;
    return SUND_OK;
  }
  path_facts facts;
  TRY(path_look(feed->ctx, path, &facts));
  if (facts.content != PATH_ZIP)
    return sund_fail(feed->ctx, SUND_SOURCE, "is neither a GTFS folder nor a zip archive");
  feed->archive = (int64_t)facts.size;
  feed->root = sund_text(feed->ctx, "/vsizip/{%s}", path);
  return feed->root ? SUND_OK : SUND_LIMIT;
}

/* The list of an archive's members stands at its end: one that is cut has none. */
static sund_code check_archive(gtfs_feed *feed) {
  char **names = feed->archive > 0 ? VSIReadDir(feed->root) : NULL;
  bool listed = names || feed->archive == 0;
  CSLDestroy(names);
  return listed ? SUND_OK : sund_fail(feed->ctx, SUND_SOURCE, "the archive is cut or damaged; fetch it again");
}

static sund_code check_feed(sund_ctx *ctx, const char *path, sund_reading *reading) {
  gtfs_feed *feed = sund_alloc(ctx, 1, sizeof *feed);
  if (!feed) return SUND_LIMIT;
  feed->ctx = ctx;
  feed->line = sund_alloc(ctx, LINE_BYTES + 1, 1);
  feed->bytes = sund_alloc(ctx, READ_BYTES, 1);
  if (!feed->line || !feed->bytes) return SUND_LIMIT;
  TRY(find_feed(feed, path));
  TRY(guard_enter(ctx, &feed->guard));
  TRY(check_archive(feed));
  return check_tables(feed, reading);
}

sund_code sund_gtfs_check(sund_ctx *ctx, const sund_source *source, sund_reading *reading, sund_findings *findings) {
  (void)findings;
  sund_reading done = {.role = source->role,
                       .path = source->text,
                       .driver = "GTFS",
                       .licence = source->licence,
                       .accuracy_m = NAN,
                       .extent = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  const char *name = path_base(scratch, source->path);
  sund_code code = name ? check_feed(scratch, source->path, &done) : SUND_LIMIT;
  if (code == SUND_OK) {
    *reading = done;
  } else {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, name, SUND_NO_FEATURE);
  }
  sund_ctx_free(scratch);
  return code;
}
