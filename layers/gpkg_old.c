/* gpkg_old.c - the older file at the target: may it be replaced, and is anybody using it?
 *
 * A file renamed over a GeoPackage that has a -wal or -journal beside it is spoiled by SQLite at the next opening: the
 * old pages are replayed into it. So the older file is opened, its sidecars folded away (journal_mode=DELETE), and an
 * exclusive transaction held on it through the rename proves that no other program has it open.
 *
 * Replaced are: results of sund, empty files, and files named .gpkg that are no database at all. A GeoPackage that
 * holds anything sund did not write is refused, because it would be lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gpkg.h"
#include "gpkg_inspect.h"
#include "path.h"
#include "textbuf.h"

static const char *const sidecars[] = {"-wal", "-shm", "-journal"};
enum { SIDECARS = 3, PAUSE_MS = 50 };

static const char in_use[] = "the output is open in another program (QGIS?); close it there and run again";

/* Tables and views that no run of sund has written. gpkg_ and rtree_ ones belong to the tables they serve. */
static const char foreign_tables[] =
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND name NOT LIKE 'gpkg\\_%' ESCAPE '\\' AND name NOT LIKE 'rtree\\_%' ESCAPE '\\'"
    " AND lower(name) <> 'layer_styles' AND name NOT IN (SELECT r.table_name FROM gpkg_metadata_reference r"
    " JOIN gpkg_metadata m ON m.id = r.md_file_id WHERE r.reference_scope = 'table' AND m.md_standard_uri ="
    " '" GPKG_RECORD_URI "') ORDER BY name";
static const char any_tables[] =
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND name NOT LIKE 'gpkg\\_%' ESCAPE '\\' AND name NOT LIKE 'rtree\\_%' ESCAPE '\\' ORDER BY name";
static const char foreign_styles[] =
    "SELECT f_table_name || ': ' || styleName FROM layer_styles WHERE owner IS NOT 'sund' ORDER BY 1";

static int has_table(sqlite3 *db, const char *name, bool *out) {
  sqlite3_stmt *statement = NULL;
  int rc =
      sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_master WHERE name = ? AND type = 'table'", -1, &statement, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  *out = rc == SQLITE_ROW;
  sqlite3_finalize(statement);
  return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Names the first few rows of a listing in a failure; none is fine. */
static int refuse_listed(sund_ctx *ctx, sqlite3 *db, const char *sql, const char *what, sund_code *code) {
  enum { SHOWN = 5 };
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
  textbuf list = {0};
  int count = 0;
  while (rc == SQLITE_OK && *code == SUND_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(statement, 0);
    if (count < SHOWN) *code = textbuf_add(ctx, &list, count ? ", " : "", name ? name : "?", NULL);
    count++;
    rc = SQLITE_OK;
  }
  sqlite3_finalize(statement);
  if (*code == SUND_OK && count > 0)
    *code = sund_fail(ctx, SUND_OUTPUT,
                      "the output holds %s that sund did not write (%s%s) and would be lost; write to another file",
                      what, list.text, count > SHOWN ? ", ..." : "");
  return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* Is everything in it ours? Returns SQLite's result; the verdict is *code. */
static int inspect(sund_ctx *ctx, sqlite3 *db, sund_code *code) {
  bool record = false, reference = false, styles = false;
  int rc = has_table(db, "gpkg_metadata", &record);
  if (rc == SQLITE_OK) rc = has_table(db, "gpkg_metadata_reference", &reference);
  if (rc == SQLITE_OK) rc = has_table(db, "layer_styles", &styles);
  if (rc != SQLITE_OK) return rc;
  bool ours = record && reference;
  rc = refuse_listed(ctx, db, ours ? foreign_tables : any_tables, "tables", code);
  if (rc == SQLITE_OK && *code == SUND_OK && ours && styles)
    rc = refuse_listed(ctx, db, foreign_styles, "styles", code);
  return rc;
}

/* What the first bytes say. */
typedef enum content { EMPTY, DATABASE, OTHER } content;

static sund_code read_content(sund_ctx *ctx, const publish_target *target, content *out) {
  static const char magic[] = "SQLite format 3"; /* with its 0: 16 bytes */
  char head[sizeof magic];
  int fd = openat(target->folder, target->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return sund_fail(ctx, SUND_OUTPUT, "the output exists and cannot be read: %s", strerror(errno));
  ssize_t got = pread(fd, head, sizeof head, 0);
  close(fd);
  if (got < 0) return sund_fail(ctx, SUND_OUTPUT, "the output exists and cannot be read: %s", strerror(errno));
  bool same = got == (ssize_t)sizeof head && memcmp(head, magic, sizeof head) == 0;
  *out = got == 0 ? EMPTY : same ? DATABASE : OTHER;
  return SUND_OK;
}

static sund_code refuse_damaged(sund_ctx *ctx, int rc) {
  return sund_fail(ctx, SUND_OUTPUT, "the output exists and is damaged or not a GeoPackage (%s); move it away first",
                   sqlite3_errstr(rc));
}

static bool beside(const publish_target *target, const char *ending) {
  char name[1024];
  int length = snprintf(name, sizeof name, "%s%s", target->name, ending);
  struct stat found;
  return length > 0 && (size_t)length < sizeof name &&
         fstatat(target->folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Does any process hold one of SQLite's locks? They are the 512 bytes from 1 GB on: pending, reserved, shared. A
 * connection in WAL mode holds the shared one as long as it is open. Asking changes nothing. */
static sund_code probe_locks(sund_ctx *ctx, const publish_target *target, int wait_ms) {
  int fd = openat(target->folder, target->name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return sund_fail(ctx, SUND_OUTPUT, "the output exists and cannot be written: %s", strerror(errno));
  bool held = false;
  for (int waited = 0;; waited += PAUSE_MS) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000000, .l_len = 512};
    held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    if (!held || waited >= wait_ms) break;
    struct timespec pause = {0, PAUSE_MS * 1000000L};
    nanosleep(&pause, NULL);
  }
  close(fd);
  return held ? sund_fail(ctx, SUND_OUTPUT, "%s", in_use) : SUND_OK;
}

/* Reads it as it lies on the disk, with no lock and no sidecar made. */
static sund_code inspect_quietly(sund_ctx *ctx, const publish_target *target) {
  const char *uri = gpkg_inspect_uri(ctx, target->path, "?immutable=1");
  if (!uri) return SUND_LIMIT;
  sqlite3 *db = NULL;
  sund_code code = SUND_OK;
  int rc = sqlite3_open_v2(uri, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
  if (rc == SQLITE_OK) rc = inspect(ctx, db, &code);
  sqlite3_close(db);
  if (code != SUND_OK || rc == SQLITE_OK) return code;
  /* With a sidecar the file alone may well look damaged; gpkg_old_take will see the whole. */
  for (int i = 0; i < SIDECARS; i++)
    if (beside(target, sidecars[i])) return SUND_OK;
  return refuse_damaged(ctx, rc);
}

sund_code gpkg_old_look(sund_ctx *ctx, const publish_target *target, int wait_ms) {
  if (!target->exists) return SUND_OK;
  content found = OTHER;
  TRY(read_content(ctx, target, &found));
  if (found == OTHER && !path_ends(target->name, ".gpkg"))
    return sund_fail(ctx, SUND_OUTPUT, "the output exists and is not a GeoPackage; it was left as it is");
  TRY(probe_locks(ctx, target, wait_ms));
  return found == DATABASE ? inspect_quietly(ctx, target) : SUND_OK;
}

static sund_code take_failed(sund_ctx *ctx, sqlite3 *db, int rc) {
  switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return sund_fail(ctx, SUND_OUTPUT, "%s", in_use);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return refuse_damaged(ctx, rc);
    default:
      return gpkg_failed(ctx, db, rc, "locking the older output");
  }
}

static sund_code fold_and_lock(sund_ctx *ctx, const publish_target *target, int wait_ms, sqlite3 **db) {
  int rc =
      sqlite3_open_v2(target->path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_busy_timeout(*db, wait_ms);
  if (rc == SQLITE_OK) rc = sqlite3_exec(*db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_exec(*db, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
  /* SQLite opens a protected file for reading only, and its exclusive lock is then none. */
  if (rc == SQLITE_OK && sqlite3_db_readonly(*db, "main") != 0)
    return sund_fail(ctx, SUND_OUTPUT, "the output exists and is write-protected");
  sund_code code = SUND_OK;
  if (rc == SQLITE_OK) rc = inspect(ctx, *db, &code);
  if (code != SUND_OK) return code;
  return rc == SQLITE_OK ? SUND_OK : take_failed(ctx, *db, rc);
}

sund_code gpkg_old_take(sund_ctx *ctx, const publish_target *target, int wait_ms, gpkg_old *old) {
  *old = (gpkg_old){NULL};
  content found = EMPTY;
  if (target->exists) TRY(read_content(ctx, target, &found));
  if (found == OTHER && !path_ends(target->name, ".gpkg"))
    return sund_fail(ctx, SUND_OUTPUT, "the output exists and is not a GeoPackage; it was left as it is");
  if (target->exists && found != OTHER) TRY(fold_and_lock(ctx, target, wait_ms, &old->db));
  /* Whatever is left beside it belongs to nothing now. */
  for (int i = 0; i < SIDECARS; i++) TRY(publish_remove_beside(ctx, target, sidecars[i]));
  return SUND_OK;
}

void gpkg_old_release(gpkg_old *old) {
  sqlite3_close(old->db); /* rolls back; the file it had is no longer at the name */
  old->db = NULL;
}
