/* gpkg_inspect.c - is an SQLite source sound, before and beside GDAL's reading of it.
 *
 * GDAL believes what a GeoPackage states (feature_count), reads text in a number column as 0, ignores the CRS number
 * in the geometry, and hangs on a view that never ends. So the file is also opened with SQLite itself: read-only,
 * defensive, untrusted schema, with a budget of steps instead of a clock, so that the answer does not depend on the
 * speed of the machine. Order: open, pages, layer, crs, number.
 */
#include "gpkg_inspect.h"

#include <ctype.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "path.h"

/* A view may take this many steps of SQLite's machine: some seconds. */
enum { STEPS_A_CALL = 100000, CALLS_ALLOWED = 1000 };

enum { ID_GPKG = 0x47504B47, ID_GP10 = 0x47503130, ID_GP11 = 0x47503131 };

struct gpkg_inspect {
  sqlite3 *db;
  bool geopackage;
  long calls;   /* of the progress handler since the last start */
  bool limited; /* stop at CALLS_ALLOWED                        */
};

/* Virtual tables that hold what they show; others can read files or the network. */
static const char *const harmless_modules[] = {
    "rtree",    "fts3", "fts4", "fts5", "VirtualKNN", "VirtualKNN2", "VirtualElementary", "VirtualSpatialIndex",
    "rtree_i32"};

static void close_inspect(void *data) {
  sqlite3_close(((gpkg_inspect *)data)->db);
}

static int count_calls(void *data) {
  gpkg_inspect *inspect = data;
  return inspect->limited && ++inspect->calls > CALLS_ALLOWED;
}

static sund_code fail_sqlite(sund_ctx *ctx, gpkg_inspect *inspect) {
  int error = sqlite3_errcode(inspect->db);
  const char *text = sqlite3_errmsg(inspect->db);
  switch (error & 0xFF) {
    case SQLITE_NOMEM:
      return sund_fail(ctx, SUND_LIMIT, "out of memory while reading the database");
    case SQLITE_INTERRUPT:
      return sund_fail(ctx, SUND_LIMIT, "a view does not end; save its result as a table");
    case SQLITE_NOTADB:
      return sund_fail(ctx, SUND_SOURCE, "is no SQLite database, or an encrypted one");
    case SQLITE_CORRUPT:
      return sund_fail(ctx, SUND_SOURCE, "file is damaged (%s)", text);
    case SQLITE_BUSY:
      return sund_fail(ctx, SUND_SOURCE, "is being written by another program; try again");
    default:
      return sund_fail(ctx, SUND_SOURCE, "cannot be read as a database (%s)", text);
  }
}

/* ------------------------------------------------------------------------------------------------------ statements */

/* Prepares a statement made like sqlite3_mprintf: %w inside "..." for names, %Q for texts. */
static sund_code prepare(sund_ctx *ctx, gpkg_inspect *inspect, sqlite3_stmt **out, const char *format, ...) {
  va_list list;
  va_start(list, format);
  char *sql = sqlite3_vmprintf(format, list);
  va_end(list);
  if (!sql) return sund_fail(ctx, SUND_LIMIT, "out of memory while reading the database");
  int result = sqlite3_prepare_v2(inspect->db, sql, -1, out, NULL);
  sqlite3_free(sql);
  return result == SQLITE_OK ? SUND_OK : fail_sqlite(ctx, inspect);
}

/* One step: *row is false at the end. */
static sund_code step(sund_ctx *ctx, gpkg_inspect *inspect, sqlite3_stmt *statement, bool *row) {
  int result = sqlite3_step(statement);
  *row = result == SQLITE_ROW;
  return *row || result == SQLITE_DONE ? SUND_OK : fail_sqlite(ctx, inspect);
}

static const char *column_text(sqlite3_stmt *statement, int column) {
  const char *text = (const char *)sqlite3_column_text(statement, column);
  return text ? text : "";
}

/* ------------------------------------------------------------------------------------------------------------ open */

static sund_code check_modules(sund_ctx *ctx, gpkg_inspect *inspect) {
  sqlite3_stmt *statement = NULL;
  sund_code code = prepare(ctx, inspect, &statement,
                           "SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%%'");
  for (bool row = true; code == SUND_OK;) {
    code = step(ctx, inspect, statement, &row);
    if (code != SUND_OK || !row) break;
    const char *using = path_find(column_text(statement, 1), " USING");
    bool harmless = false;
    if (using) {
      using += strlen(" USING");
      while (isspace((unsigned char)*using)) using ++;
      size_t length = strcspn(using, " \t\r\n(");
      for (size_t i = 0; i < sizeof harmless_modules / sizeof *harmless_modules; i++)
        if (strlen(harmless_modules[i]) == length && strncasecmp(using, harmless_modules[i], length) == 0)
          harmless = true;
    }
    if (!harmless)
      code = sund_fail(ctx, SUND_SOURCE, "table %s is virtual and could read other files; not opened",
                       column_text(statement, 0));
  }
  sqlite3_finalize(statement);
  return code;
}

static sund_code read_number(sund_ctx *ctx, gpkg_inspect *inspect, const char *sql, int64_t *out) {
  sqlite3_stmt *statement = NULL;
  bool row = false;
  sund_code code = prepare(ctx, inspect, &statement, "%s", sql);
  if (code == SUND_OK) code = step(ctx, inspect, statement, &row);
  if (code == SUND_OK) *out = row ? sqlite3_column_int64(statement, 0) : 0;
  sqlite3_finalize(statement);
  return code;
}

static sund_code check_kind(sund_ctx *ctx, gpkg_inspect *inspect) {
  int64_t id = 0, contents = 0;
  TRY(read_number(ctx, inspect, "SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'", &contents));
  TRY(read_number(ctx, inspect, "PRAGMA application_id", &id));
  inspect->geopackage = contents > 0;
  if (inspect->geopackage && id != ID_GPKG && id != ID_GP10 && id != ID_GP11)
    return sund_fail(ctx, SUND_SOURCE, "its application id %" PRId64 " is not that of a GeoPackage", id);
  return check_modules(ctx, inspect);
}

const char *gpkg_inspect_uri(sund_ctx *ctx, const char *path, const char *query) {
  static const char digits[] = "0123456789abcdef";
  static const char scheme[] = "file:";
  char *text = sund_alloc(ctx, sizeof scheme + strlen(path) * 3 + strlen(query), 1);
  if (!text) return NULL;
  memcpy(text, scheme, sizeof scheme);
  char *to = text + sizeof scheme - 1;
  for (const unsigned char *from = (const unsigned char *)path; *from; from++) {
    if (isalnum(*from) || strchr("/._-", *from)) {
      *to++ = (char)*from;
    } else {
      *to++ = '%';
      *to++ = digits[*from >> 4];
      *to++ = digits[*from & 15];
    }
  }
  memcpy(to, query, strlen(query) + 1);
  return text;
}

sund_code gpkg_inspect_open(sund_ctx *ctx, const char *path, bool settle, bool immutable, gpkg_inspect **out) {
  gpkg_inspect *inspect = sund_alloc(ctx, 1, sizeof *inspect);
  const char *uri = gpkg_inspect_uri(ctx, path,
                                     settle      ? "?mode=rw"
                                     : immutable ? "?mode=ro&immutable=1"
                                                 : "?mode=ro");
  if (!inspect || !uri) return SUND_LIMIT;
  int flags = SQLITE_OPEN_URI | (settle ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  int result = sqlite3_open_v2(uri, &inspect->db, flags, NULL);
  TRY(sund_defer(ctx, close_inspect, inspect));
  if (result != SQLITE_OK) return fail_sqlite(ctx, inspect);
  sqlite3_db_config(inspect->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(inspect->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config(inspect->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_busy_timeout(inspect->db, 2000);
  sqlite3_progress_handler(inspect->db, STEPS_A_CALL, count_calls, inspect);
  int64_t ignored = 0;
  TRY(read_number(ctx, inspect, "PRAGMA cell_size_check = ON", &ignored));
  /* The journal is worked in by reading, the write-ahead log by leaving that mode. */
  if (settle) TRY(read_number(ctx, inspect, "PRAGMA journal_mode = DELETE", &ignored));
  TRY(check_kind(ctx, inspect));
  *out = inspect;
  return SUND_OK;
}

bool gpkg_inspect_geopackage(const gpkg_inspect *inspect) {
  return inspect->geopackage;
}

/* ----------------------------------------------------------------------------------------------------------- pages */

/* Reads the layer row by row up to the damage; SUND_NO_FEATURE when not even the first row is there. */
static int64_t last_good(gpkg_inspect *inspect, const char *layer) {
  int64_t last = SUND_NO_FEATURE;
  char *sql = sqlite3_mprintf("SELECT rowid, * FROM \"%w\" NOT INDEXED", layer);
  sqlite3_stmt *statement = NULL;
  if (sql && sqlite3_prepare_v2(inspect->db, sql, -1, &statement, NULL) == SQLITE_OK)
    while (sqlite3_step(statement) == SQLITE_ROW) {
      /* Overflow pages are only read when the value is. */
      bool whole = true;
      for (int i = 1; i < sqlite3_column_count(statement); i++)
        if (sqlite3_column_type(statement, i) == SQLITE_BLOB && sqlite3_column_bytes(statement, i) > 0)
          whole = whole && sqlite3_column_blob(statement, i);
      if (!whole) break;
      last = sqlite3_column_int64(statement, 0);
    }
  sqlite3_finalize(statement);
  sqlite3_free(sql);
  return last;
}

static sund_code fail_damaged(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, const char *text) {
  char *message = sund_text_copy(ctx, text);
  if (!message) return SUND_LIMIT;
  for (char *c = message; *c; c++)
    if (*c == '\n') *c = ' ';
  int64_t last = layer ? last_good(inspect, layer) : SUND_NO_FEATURE;
  if (last == SUND_NO_FEATURE) return sund_fail(ctx, SUND_SOURCE, "file is damaged (%s)", message);
  return sund_fail(ctx, SUND_SOURCE, "file is damaged (%s); the last good feature is %" PRId64, message, last);
}

/* Constraints of the schema are no business of ours: what counts is that the pages are whole. */
static bool is_damage(const char *line) {
  return strcmp(line, "ok") != 0 && strncmp(line, "NULL value in", 13) != 0 &&
         strncmp(line, "CHECK constraint failed", 23) != 0 && strncmp(line, "NUMERIC value in", 16) != 0 &&
         strncmp(line, "TEXT value in", 13) != 0;
}

sund_code gpkg_inspect_pages(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer) {
  sqlite3_stmt *statement = NULL;
  inspect->limited = false;
  int result = sqlite3_prepare_v2(inspect->db, "PRAGMA quick_check(100)", -1, &statement, NULL);
  sund_code code = SUND_OK;
  if (result == SQLITE_OK)
    while (code == SUND_OK && (result = sqlite3_step(statement)) == SQLITE_ROW)
      if (is_damage(column_text(statement, 0))) code = fail_damaged(ctx, inspect, layer, column_text(statement, 0));
  if (code == SUND_OK && result != SQLITE_DONE) {
    bool damaged = (result & 0xFF) == SQLITE_CORRUPT;
    code = damaged ? fail_damaged(ctx, inspect, layer, sqlite3_errmsg(inspect->db)) : fail_sqlite(ctx, inspect);
  }
  sqlite3_finalize(statement);
  return code;
}

/* ----------------------------------------------------------------------------------------------------------- layer */

/* A user table of a GeoPackage has an integer primary key (requirement 29); without it rows have no lasting id. */
static sund_code check_key(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, bool *found) {
  sqlite3_stmt *statement = NULL;
  bool row = false;
  sund_code code = prepare(ctx, inspect, &statement,
                           "SELECT 1 FROM pragma_table_info(%Q) WHERE pk > 0 AND upper(type) = 'INTEGER'", layer);
  if (code == SUND_OK) code = step(ctx, inspect, statement, &row);
  sqlite3_finalize(statement);
  *found = row;
  return code;
}

static sund_code read_contents(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, gpkg_facts *facts) {
  sqlite3_stmt *statement = NULL;
  bool row = false;
  sund_code code =
      prepare(ctx, inspect, &statement, "SELECT last_change FROM gpkg_contents WHERE table_name = %Q", layer);
  if (code == SUND_OK) code = step(ctx, inspect, statement, &row);
  const char *date = row && code == SUND_OK ? column_text(statement, 0) : "";
  facts->listed = row;
  if (strlen(date) >= 10 && date[4] == '-' && date[7] == '-' && isdigit((unsigned char)date[0]))
    if (!(facts->date = sund_text(ctx, "%.10s", date))) code = SUND_LIMIT;
  sqlite3_finalize(statement);
  return code;
}

/* Other user tables without a key: a fault of the file that does not touch this layer. */
static sund_code find_faults(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, gpkg_facts *facts) {
  sqlite3_stmt *statement = NULL;
  sund_code code = prepare(ctx, inspect, &statement,
                           "SELECT table_name, (SELECT type FROM sqlite_master m WHERE m.name = c.table_name) "
                           "FROM gpkg_contents c WHERE table_name <> %Q AND data_type IN ('features', 'attributes') "
                           "ORDER BY table_name",
                           layer);
  for (bool row = true; code == SUND_OK && !facts->note;) {
    bool found = false;
    code = step(ctx, inspect, statement, &row);
    if (code != SUND_OK || !row) break;
    const char *table = column_text(statement, 0), *type = column_text(statement, 1), *fault = NULL;
    if (strcmp(type, "view") == 0) continue;
    if (*type == '\0') fault = "is listed in gpkg_contents but is not there";
    else if ((code = check_key(ctx, inspect, table, &found)) == SUND_OK && !found)
      fault = "has no integer primary key";
    if (fault &&
        !(facts->note = sund_text(ctx, "the file breaks the GeoPackage standard: table %s %s", table, fault)))
      code = SUND_LIMIT;
  }
  sqlite3_finalize(statement);
  return code;
}

sund_code gpkg_inspect_layer(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, gpkg_facts *out) {
  gpkg_facts facts = {0};
  sqlite3_stmt *statement = NULL;
  bool row = false, keyed = true;
  sund_code code = prepare(ctx, inspect, &statement,
                           "SELECT type FROM sqlite_master WHERE name = %Q COLLATE NOCASE "
                           "AND type IN ('table', 'view')",
                           layer);
  if (code == SUND_OK) code = step(ctx, inspect, statement, &row);
  facts.view = row && code == SUND_OK && strcmp(column_text(statement, 0), "view") == 0;
  sqlite3_finalize(statement);
  TRY(code);
  if (!row) return sund_fail(ctx, SUND_SOURCE, "layer %s is listed, but its table is not in the file", layer);
  if (inspect->geopackage) {
    if (!facts.view) TRY(check_key(ctx, inspect, layer, &keyed));
    if (!keyed)
      return sund_fail(ctx, SUND_SOURCE, "table %s has no integer primary key, which a GeoPackage must have", layer);
    TRY(read_contents(ctx, inspect, layer, &facts));
    TRY(find_faults(ctx, inspect, layer, &facts));
  }
  inspect->calls = 0;
  inspect->limited = facts.view;
  statement = NULL;
  code = prepare(ctx, inspect, &statement, "SELECT count(*) FROM \"%w\"", layer);
  if (code == SUND_OK) {
    int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) facts.rows = sqlite3_column_int64(statement, 0);
    else if ((result & 0xFF) == SQLITE_CORRUPT) code = fail_damaged(ctx, inspect, layer, sqlite3_errmsg(inspect->db));
    else code = fail_sqlite(ctx, inspect);
  }
  sqlite3_finalize(statement);
  inspect->limited = false;
  TRY(code);
  *out = facts;
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- contents */

sund_code gpkg_inspect_crs(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, const char *geometry,
                           const char *key) {
  sqlite3_stmt *statement = NULL;
  bool row = false;
  int64_t crs = 0;
  sund_code code = prepare(ctx, inspect, &statement,
                           "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = %Q COLLATE NOCASE", layer);
  if (code == SUND_OK) code = step(ctx, inspect, statement, &row);
  if (row && code == SUND_OK) crs = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  if (code != SUND_OK || !row) return code;
  /* Bytes 5 to 8 of a geometry are its srs_id in either byte order; 0 and -1 say nothing. */
  uint32_t low = (uint32_t)crs, high = __builtin_bswap32(low);
  statement = NULL;
  code = prepare(
      ctx, inspect, &statement,
      "SELECT min(\"%w\"), hex(substr(\"%w\", 5, 4)) AS srs, count(*) FROM \"%w\" WHERE typeof(\"%w\") = 'blob' "
      "AND substr(\"%w\", 1, 2) = x'4750' AND srs NOT IN ('%08X', '%08X', '00000000', 'FFFFFFFF') "
      "GROUP BY srs ORDER BY 1",
      key ? key : geometry, geometry, layer, geometry, geometry, low, high);
  if (code == SUND_OK) code = step(ctx, inspect, statement, &row);
  if (code == SUND_OK && row) {
    sund_fail(ctx, SUND_DATA, "%" PRId64 " geometries carry another CRS number than their table (%" PRId64 ")",
              (int64_t)sqlite3_column_int64(statement, 2), crs);
    code = sund_blame(ctx, NULL, key ? sqlite3_column_int64(statement, 0) : SUND_NO_FEATURE);
  }
  sqlite3_finalize(statement);
  return code;
}

sund_code gpkg_inspect_number(sund_ctx *ctx, gpkg_inspect *inspect, const char *layer, const char *column,
                              const char *key, bool whole) {
  sqlite3_stmt *statement = NULL;
  bool row = false;
  sund_code code = prepare(ctx, inspect, &statement,
                           "SELECT \"%w\", substr(\"%w\", 1, 60) FROM \"%w\" WHERE typeof(\"%w\") NOT IN ('null', "
                           "'integer', 'real') OR (%d AND typeof(\"%w\") = 'real' AND \"%w\" <> round(\"%w\")) "
                           "ORDER BY 1 LIMIT 1",
                           key ? key : column, column, layer, column, (int)whole, column, column, column);
  if (code == SUND_OK) code = step(ctx, inspect, statement, &row);
  if (code == SUND_OK && row) {
    sund_fail(ctx, SUND_DATA, "field %s is declared a%s number but holds '%s'", column, whole ? " whole" : "",
              column_text(statement, 1));
    code = sund_blame(ctx, NULL, key ? sqlite3_column_int64(statement, 0) : SUND_NO_FEATURE);
  }
  sqlite3_finalize(statement);
  return code;
}
