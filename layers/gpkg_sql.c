/* gpkg_sql.c - SQLite calls of the GeoPackage writer, failing the sund way. */
#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>

#include "gpkg.h"

sund_code gpkg_failed(sund_ctx *ctx, sqlite3 *db, int rc, const char *doing) {
  int full = db ? sqlite3_extended_errcode(db) : rc;
  int cause = db ? sqlite3_system_errno(db) : 0;
  if (rc == SQLITE_NOMEM || full == SQLITE_IOERR_NOMEM)
    return sund_fail(ctx, SUND_LIMIT, "out of memory while %s", doing);
  switch (rc & 0xff) {
    case SQLITE_FULL:
      return sund_fail(ctx, SUND_OUTPUT, "the disk is full; free some space there and run again");
    case SQLITE_TOOBIG:
      return sund_fail(ctx, SUND_LIMIT, "a geometry or text is larger than the 1 GB SQLite can hold, while %s",
                       doing);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_NOLFS:
      return sund_fail(ctx, SUND_OUTPUT, "%s failed: %s%s%s", doing, sqlite3_errstr(rc), cause ? ": " : "",
                       cause ? strerror(cause) : "");
    default:
      return sund_fail(ctx, SUND_DEFECT, "SQLite refused %s: %s", doing,
                       db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
  }
}

sund_code gpkg_open_draft(gpkg_file *file) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
  int rc = sqlite3_open_v2(file->path, &file->db, flags, NULL);
  if (rc != SQLITE_OK) return gpkg_failed(file->ctx, file->db, rc, "opening the temporary file");
  /* Nobody else sees the temporary and it is thrown away on any failure: no journal, no syncing until the end. */
  return gpkg_exec(file,
                   "PRAGMA page_size=4096; PRAGMA encoding='UTF-8'; PRAGMA auto_vacuum=NONE; PRAGMA journal_mode=OFF;"
                   "PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-65536;"
                   "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF; PRAGMA foreign_keys=OFF;"
                   "PRAGMA application_id=1196444487; PRAGMA user_version=10301;");
}

sund_code gpkg_close(gpkg_file *file) {
  sqlite3 *db = file->db;
  file->db = NULL;
  int rc = sqlite3_close(db);
  return rc == SQLITE_OK ? SUND_OK : gpkg_failed(file->ctx, NULL, rc, "closing the file");
}

sund_code gpkg_exec(gpkg_file *file, const char *sql) {
  int rc = sqlite3_exec(file->db, sql, NULL, NULL, NULL);
  return rc == SQLITE_OK ? SUND_OK : gpkg_failed(file->ctx, file->db, rc, "writing the tables");
}

sund_code gpkg_prepare(gpkg_file *file, const char *sql, sqlite3_stmt **out) {
  int rc = sqlite3_prepare_v2(file->db, sql, -1, out, NULL);
  return rc == SQLITE_OK ? SUND_OK : gpkg_failed(file->ctx, file->db, rc, "preparing a statement");
}

static int bind(sqlite3_stmt *statement, int at, char type, va_list *list) {
  if (type == 'i') return sqlite3_bind_int64(statement, at, va_arg(*list, int64_t));
  if (type == 'r') return sqlite3_bind_double(statement, at, va_arg(*list, double)); /* SQLite stores NAN as NULL */
  return sqlite3_bind_text(statement, at, va_arg(*list, const char *), -1, SQLITE_STATIC);
}

sund_code gpkg_run(gpkg_file *file, const char *sql, const char *types, ...) {
  sqlite3_stmt *statement = NULL;
  TRY(gpkg_prepare(file, sql, &statement));
  va_list list;
  va_start(list, types);
  int rc = SQLITE_OK;
  for (int i = 0; types[i] && rc == SQLITE_OK; i++) rc = bind(statement, i + 1, types[i], &list);
  va_end(list);
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  sund_code code = SUND_OK;
  if (rc != SQLITE_DONE && rc != SQLITE_ROW) code = gpkg_failed(file->ctx, file->db, rc, "writing the tables");
  sqlite3_finalize(statement);
  return code;
}

sund_code gpkg_number(gpkg_file *file, const char *sql, int64_t *out) {
  sqlite3_stmt *statement = NULL;
  TRY(gpkg_prepare(file, sql, &statement));
  sund_code code = SUND_OK;
  int rc = sqlite3_step(statement);
  if (rc == SQLITE_ROW) *out = sqlite3_column_int64(statement, 0);
  else code = gpkg_failed(file->ctx, file->db, rc == SQLITE_DONE ? SQLITE_EMPTY : rc, "reading the file back");
  sqlite3_finalize(statement);
  return code;
}

sund_code gpkg_word(gpkg_file *file, const char *sql, const char **out) {
  sqlite3_stmt *statement = NULL;
  TRY(gpkg_prepare(file, sql, &statement));
  sund_code code = SUND_OK;
  int rc = sqlite3_step(statement);
  const char *word = NULL;
  if (rc == SQLITE_ROW) {
    const unsigned char *text = sqlite3_column_text(statement, 0);
    word = sund_text_copy(file->ctx, text ? (const char *)text : "");
    if (word) *out = word;
    else code = SUND_LIMIT;
  } else {
    code = gpkg_failed(file->ctx, file->db, rc == SQLITE_DONE ? SQLITE_EMPTY : rc, "reading the file back");
  }
  sqlite3_finalize(statement);
  return code;
}
