/* gpkg_read.c - a result of sund opened again, for those who ask about it later; its tables are read by gpkg_table.c.
 *
 * The file is opened immutable: no lock, nothing made beside it. What another program has changed and not folded in
 * yet would be missed that way, so a file with such a journal beside it is refused.
 */
#include "gpkg_read.h"

#include <sqlite3.h>
#include <string.h>

#include "gpkg_inspect.h"
#include "path.h"

static void close_result(void *data) {
  sqlite3_close(((sund_result *)data)->db);
}

sund_code gpkg_read_failed(sund_ctx *ctx, const sund_result *result) {
  int error = sqlite3_errcode(result->db) & 0xff;
  if (error == SQLITE_NOMEM) sund_fail(ctx, SUND_LIMIT, "out of memory while reading the result");
  else if (error == SQLITE_NOTADB) sund_fail(ctx, SUND_SOURCE, "is no result of sund: it is no GeoPackage");
  else sund_fail(ctx, SUND_SOURCE, "file is damaged or cannot be read (%s)", sqlite3_errmsg(result->db));
  return sund_blame(ctx, result->name, SUND_NO_FEATURE);
}

static sund_code fail_source(sund_ctx *ctx, const sund_result *result, const char *what) {
  sund_fail(ctx, SUND_SOURCE, "%s", what);
  return sund_blame(ctx, result->name, SUND_NO_FEATURE);
}

sund_code gpkg_read_ask(sund_ctx *ctx, const sund_result *result, const char *sql, const char *given, int columns,
                        const char **out, bool *found) {
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2(result->db, sql, -1, &statement, NULL);
  if (rc == SQLITE_OK && given) rc = sqlite3_bind_text(statement, 1, given, -1, SQLITE_STATIC);
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  sund_code code = SUND_OK;
  *found = rc == SQLITE_ROW;
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) code = gpkg_read_failed(ctx, result);
  for (int i = 0; code == SUND_OK && *found && i < columns; i++) {
    const char *text = (const char *)sqlite3_column_text(statement, i);
    out[i] = text ? sund_text_copy(ctx, text) : NULL;
    if (text && !out[i]) code = SUND_LIMIT;
  }
  sqlite3_finalize(statement);
  return code;
}

/* --------------------------------------------------------------------------------------------------------- open */

static sund_code check_file(sund_ctx *ctx, const char *path, const char *name) {
  path_facts facts;
  if (path_look(ctx, path, &facts) != SUND_OK) return sund_blame(ctx, name, SUND_NO_FEATURE);
  if (facts.content != PATH_SQLITE || facts.inside) {
    const char *content = path_content_name(facts.content);
    sund_fail(ctx, SUND_SOURCE, "is no result of sund: it is %s", content ? content : "no GeoPackage");
    return sund_blame(ctx, name, SUND_NO_FEATURE);
  }
  static const char *const journals[] = {"-wal", "-journal"};
  for (size_t i = 0; i < sizeof journals / sizeof *journals; i++)
    if (path_beside(ctx, path, journals[i])) {
      sund_fail(ctx, SUND_SOURCE,
                "has changes that are not folded in yet (%s%s); close it in the program that "
                "has it open (QGIS?)",
                name, journals[i]);
      return sund_blame(ctx, name, SUND_NO_FEATURE);
    }
  return sund_failure(ctx, NULL, NULL, NULL); /* no memory to look beside it */
}

static sund_code open_database(sund_ctx *ctx, const char *path, sund_result *result) {
  const char *uri = gpkg_inspect_uri(ctx, path, "?mode=ro&immutable=1");
  if (!uri) return SUND_LIMIT;
  int flags = SQLITE_OPEN_URI | SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
  int rc = sqlite3_open_v2(uri, &result->db, flags, NULL);
  TRY(sund_defer(ctx, close_result, result));
  if (rc != SQLITE_OK) return gpkg_read_failed(ctx, result);
  sqlite3_db_config(result->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(result->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  rc = sqlite3_exec(result->db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
  return rc == SQLITE_OK ? SUND_OK : gpkg_read_failed(ctx, result);
}

/* Is it a GeoPackage of ours? */
static sund_code check_ours(sund_ctx *ctx, const sund_result *result) {
  static const char sql[] =
      "SELECT application_id = 0x47504B47,"
      " (SELECT count(*) FROM sqlite_master WHERE " GPKG_READ_TABLE
      " = 'run'),"
      " (SELECT count(*) FROM sqlite_master WHERE " GPKG_READ_TABLE
      " = 'indicators'),"
      " (SELECT count(*) FROM sqlite_master WHERE " GPKG_READ_TABLE
      " IN ('gpkg_contents', 'gpkg_spatial_ref_sys', 'gpkg_geometry_columns'))"
      " FROM pragma_application_id";
  const char *has[4] = {NULL};
  bool found;
  TRY(gpkg_read_ask(ctx, result, sql, NULL, 4, has, &found));
  if (!found || strcmp(has[0], "1") != 0 || strcmp(has[3], "3") != 0)
    return fail_source(ctx, result, "is no result of sund: it is no GeoPackage");
  if (strcmp(has[1], "1") != 0) return fail_source(ctx, result, "is no result of sund: it has no table run");
  if (strcmp(has[2], "1") != 0) return fail_source(ctx, result, "is no result of sund: it has no table indicators");
  return SUND_OK;
}

/* Opens a CRS, or leaves *out NULL when PROJ does not understand it. */
static sund_code try_crs(sund_ctx *ctx, const char *definition, sund_crs **out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_crs *ignored = NULL;
  sund_code code = sund_crs_open(scratch, definition, &ignored);
  if (code == SUND_LIMIT) sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  if (code == SUND_LIMIT) return code;
  return code == SUND_OK ? sund_crs_open(ctx, definition, out) : SUND_OK;
}

/* The analysis CRS: that of the layers; in a result without layers the one beside those every GeoPackage has. */
static sund_code open_crs(sund_ctx *ctx, sund_result *result) {
  static const char sql[] =
      "SELECT organization || ':' || organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id > 0"
      " ORDER BY srs_id NOT IN (SELECT srs_id FROM gpkg_geometry_columns), srs_id = 4326, srs_id LIMIT 1";
  const char *said[2] = {NULL};
  bool found;
  TRY(gpkg_read_ask(ctx, result, sql, NULL, 2, said, &found));
  for (int i = 0; i < 2 && !result->crs; i++)
    if (said[i] && *said[i]) TRY(try_crs(ctx, said[i], &result->crs));
  return result->crs ? SUND_OK : fail_source(ctx, result, "its coordinate system is not understood");
}

sund_code sund_result_open(sund_ctx *ctx, const char *path, sund_result **out) {
  sund_result *result = sund_alloc(ctx, 1, sizeof *result);
  if (!result || !(result->name = path_base(ctx, path))) return SUND_LIMIT;
  TRY(check_file(ctx, path, result->name));
  TRY(open_database(ctx, path, result));
  TRY(check_ours(ctx, result));
  TRY(open_crs(ctx, result));
  *out = result;
  return SUND_OK;
}

const sund_crs *sund_result_crs(const sund_result *result) {
  return result->crs;
}
