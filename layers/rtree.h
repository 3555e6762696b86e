/* rtree.h - a packed R-tree in SQLite's own format. */
#ifndef SUND_LAYERS_RTREE_H
#define SUND_LAYERS_RTREE_H

#include "sund/geo.h"

struct sqlite3;

/* Creates the virtual table `name` (id, minx, maxx, miny, maxy) and fills its shadow tables with n boxes at once.
 * id: rising; boxes: 4 * n, min x, min y, max x, max y, finite. Nothing may have used the table before. */
sund_code rtree_write(sund_ctx *ctx, struct sqlite3 *db, const char *name, size_t n, const int64_t *id,
                      const double *boxes);

/* SQLite's own check of the tree, and that it holds n boxes. SUND_DEFECT with what it found. */
sund_code rtree_prove(sund_ctx *ctx, struct sqlite3 *db, const char *name, size_t n);

#endif
