/* gpkg_read.h - what opening a result and reading its tables share. Private to layers/gpkg_*.c. */
#ifndef SUND_LAYERS_GPKG_READ_H
#define SUND_LAYERS_GPKG_READ_H

#include "sund/layers.h"

struct sqlite3;

struct sund_result {
  struct sqlite3 *db;
  const char *name; /* base name, for messages */
  sund_crs *crs;
};

/* In sqlite_master: a table that holds its rows itself, of the name that follows. */
#define GPKG_READ_TABLE "type = 'table' AND rootpage > 0 AND name"

/* Notes what SQLite's last failure means for the user. Returns the code. */
sund_code gpkg_read_failed(sund_ctx *ctx, const sund_result *result);
/* First row of a statement with one text parameter (given NULL = none): `columns` texts, NULL for NULL. *found false =
 * there is no row. */
sund_code gpkg_read_ask(sund_ctx *ctx, const sund_result *result, const char *sql, const char *given, int columns,
                        const char **out, bool *found);

#endif
