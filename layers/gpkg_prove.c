/* gpkg_prove.c - reads the finished temporary with a fresh connection and proves it: integrity, foreign keys, every
 * R-tree, every row count. A write can succeed row by row and still not be there. */
#include <sqlite3.h>
#include <string.h>

#include "gpkg.h"
#include "rtree.h"

static sund_code prove_layer(gpkg_file *file, size_t i) {
  const sund_layer *layer = &file->spec->layer[i];
  const char *name = layer->table->name;
  char *sql = sund_text(file->ctx, "SELECT count(*) FROM \"%s\"", name);
  char *index = sund_text(file->ctx, "rtree_%s_geom", name);
  if (!sql || !index) return SUND_LIMIT;
  int64_t rows = 0;
  TRY(gpkg_number(file, sql, &rows));
  if (rows != (int64_t)layer->table->rows)
    return sund_fail(file->ctx, SUND_DEFECT, "layer %s has %lld rows instead of %zu after writing", name,
                     (long long)rows, layer->table->rows);
  if (!layer->indexed || layer->table->kind == SUND_NONE) return SUND_OK;
  return rtree_prove(file->ctx, file->db, index, file->filled[i]);
}

static sund_code prove(gpkg_file *file) {
  const char *verdict = NULL;
  TRY(gpkg_word(file, "PRAGMA integrity_check(1)", &verdict));
  if (strcmp(verdict, "ok") != 0)
    return sund_fail(file->ctx, SUND_OUTPUT, "what was written cannot be read back (%s); is the disk sound?",
                     verdict);
  int64_t orphans = 0;
  TRY(gpkg_number(file, "SELECT count(*) FROM pragma_foreign_key_check", &orphans));
  if (orphans > 0)
    return sund_fail(file->ctx, SUND_DEFECT, "%lld rows lack the row they refer to", (long long)orphans);
  for (size_t i = 0; i < file->spec->layers; i++) TRY(prove_layer(file, i));
  return SUND_OK;
}

sund_code gpkg_prove(gpkg_file *file) {
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
  int rc = sqlite3_open_v2(file->path, &file->db, flags, NULL);
  sund_code code = rc == SQLITE_OK ? SUND_OK : gpkg_failed(file->ctx, file->db, rc, "opening the file again");
  /* rtreecheck opens a transaction; nothing is written, so no journal ever appears. */
  if (code == SUND_OK)
    code = gpkg_exec(file,
                     "PRAGMA journal_mode=OFF; PRAGMA locking_mode=EXCLUSIVE;"
                     "PRAGMA cache_size=-65536; PRAGMA mmap_size=1073741824;");
  if (code == SUND_OK) code = prove(file);
  sund_code closed = gpkg_close(file);
  return code == SUND_OK ? closed : code;
}
