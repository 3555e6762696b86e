/* gtfs.c - a look at a timetable: are the tables there that every feed must have (GTFS Schedule reference, "required"
 * files), with their key columns and at least one row? Folder and zip are read alike through GDAL's virtual files.
 */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "sund/layers.h"
#include "word.h"

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
static const char *const calendars[] = {"calendar.txt", "calendar_dates.txt"};

/* Is `column` one of the names of a header line? Quotes and a byte order mark are passed over. */
static bool has_column(const char *header, const char *column) {
  size_t length = strlen(column);
  for (const char *at = header; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
    const char *name = at + strspn(at, " \"\xEF\xBB\xBF");
    size_t found = strcspn(name, ",\" \r\n");
    if (found == length && strncmp(name, column, length) == 0) return true;
  }
  return false;
}

/* Opens a table, checks its columns and counts its rows; rows is -1 when the file is not there. */
static sund_code read_table(sund_ctx *ctx, const char *folder, const gtfs_need *need, int64_t *rows) {
  char path[4096];
  *rows = -1;
  if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, need->file) >= sizeof path)
    return sund_fail(ctx, SUND_SOURCE, "path is too long");
  VSILFILE *file = VSIFOpenL(path, "rb");
  if (!file) return SUND_OK;
  const char *line = CPLReadLine2L(file, 1 << 20, NULL), *missing = NULL;
  for (size_t c = 0; line && need->columns[c] && !missing; c++)
    if (!has_column(line, need->columns[c])) missing = need->columns[c];
  *rows = 0;
  while (line && !missing && (line = CPLReadLine2L(file, 1 << 20, NULL)) != NULL) *rows += *line != '\0';
  CPLReadLineL(NULL); /* gives its buffer back */
  VSIFCloseL(file);
  return missing ? sund_fail(ctx, SUND_SOURCE, "%s has no column %s", need->file, missing) : SUND_OK;
}

static sund_code check_feed(sund_ctx *ctx, const char *folder, sund_reading *reading) {
  int64_t rows, services = 0;
  for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
    TRY(read_table(ctx, folder, &needs[i], &rows));
    if (rows < 0) return sund_fail(ctx, SUND_SOURCE, "no GTFS feed: %s is missing", needs[i].file);
    if (rows == 0) return sund_fail(ctx, SUND_SOURCE, "%s has no rows", needs[i].file);
    reading->read = reading->used = rows; /* in the end those of stop_times */
  }
  for (size_t i = 0; i < 2; i++) {
    TRY(read_table(ctx, folder, &(gtfs_need){calendars[i], {"service_id", NULL}}, &rows));
    if (rows > 0) services += rows;
  }
  return services > 0
             ? SUND_OK
             : sund_fail(ctx, SUND_SOURCE, "no GTFS feed: calendar.txt and calendar_dates.txt are missing or empty");
}

sund_code sund_gtfs_check(sund_ctx *ctx, const sund_source *source, sund_reading *reading, sund_findings *findings) {
  (void)findings;
  *reading = (sund_reading){.role = source->role,
                            .path = source->text,
                            .driver = "GTFS",
                            .licence = source->licence,
                            .accuracy_m = NAN,
                            .extent = {INFINITY, INFINITY, -INFINITY, -INFINITY}};
  sund_code code;
  bool zip = word_fits(source->path, "*.zip");
  const char *folder = zip ? sund_text(ctx, "/vsizip/{%s}", source->path) : source->path;
  if (!folder) return SUND_LIMIT;
  if (strncmp(source->path, "/vsi", 4) == 0)
    code = sund_fail(ctx, SUND_SOURCE, "give the path of a GTFS folder or zip");
  else if (access(source->path, F_OK) != 0)
    code = sund_fail(ctx, SUND_SOURCE, "no such file or folder: %s", source->path);
  else code = check_feed(ctx, folder, reading);
  return code == SUND_OK ? code : sund_blame(ctx, sund_base_name(source->path), SUND_NO_FEATURE);
}
