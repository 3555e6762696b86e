/* gpkg.h - what the files of the GeoPackage writer share: the open file, SQL helpers, the steps of writing.
 *
 * Order of calls (sund_gpkg_write in gpkg.c): gpkg_check -> publish_draft -> gpkg_create -> for every layer
 * gpkg_write_rows, rtree_write, gpkg_describe -> gpkg_finish -> gpkg_prove -> gpkg_old_take -> publish_commit.
 * SQLite's header stays in the .c files; here its types are only named.
 */
#ifndef SUND_LAYERS_GPKG_H
#define SUND_LAYERS_GPKG_H

#include "publish.h"
#include "sund/layers.h"

struct sqlite3;
struct sqlite3_stmt;

/* What a layer turned out to be while its rows were written. */
typedef struct gpkg_extent {
  double box[4];    /* min x, min y, max x, max y; box[0] > box[2] when every row is empty */
  size_t filled;    /* rows with a geometry                                               */
  int64_t *fid;     /* filled: their fids, rising                                          */
  double *boxes;    /* 4 * filled: their boxes                                             */
  const char *type; /* geometry type name as declared, NULL without geometry               */
} gpkg_extent;

/* The GeoPackage being written. */
typedef struct gpkg_file {
  sund_ctx *ctx;              /* scratch of this writing: memory and failure */
  const sund_gpkg_spec *spec; /* what is asked for                           */
  const char *path;           /* of the temporary                            */
  struct sqlite3 *db;         /* open while building and proving             */
  int32_t srs;                /* srs_id of the layers                        */
  size_t *filled;             /* per layer: rows with a geometry             */
} gpkg_file;

/* md_standard_uri of our record of the run, and of QGIS' metadata. The first also marks which tables are ours. */
#define GPKG_RECORD_URI "urn:sund:run-record:1"
#define GPKG_QGIS_URI "http://mrcc.com/qgis.dtd"

/* --- gpkg_sql.c: SQLite calls that fail the sund way */

/* Notes what SQLite result `rc` means for the user: disk full and the like SUND_OUTPUT, no memory SUND_LIMIT, else
 * SUND_DEFECT. doing: "writing the rows". Returns the code. */
sund_code gpkg_failed(sund_ctx *ctx, struct sqlite3 *db, int rc, const char *doing);
/* Opens the temporary for writing with everything off that guards a file others can see. */
sund_code gpkg_open_draft(gpkg_file *file);
/* Closes it; a failing close is a failure. */
sund_code gpkg_close(gpkg_file *file);
/* Runs statements without parameters. */
sund_code gpkg_exec(gpkg_file *file, const char *sql);
/* Runs one statement with parameters: types has a letter per `?`: t const char * (NULL = NULL), i int64_t, r double
 * (NAN = NULL). */
sund_code gpkg_run(gpkg_file *file, const char *sql, const char *types, ...);
sund_code gpkg_prepare(gpkg_file *file, const char *sql, struct sqlite3_stmt **out);
/* First column of the first row. */
sund_code gpkg_number(gpkg_file *file, const char *sql, int64_t *out);
sund_code gpkg_word(gpkg_file *file, const char *sql, const char **out);

/* --- gpkg_check.c: is what shall be written right? Before any file is made */

/* Names, arrays, texts, numbers and rings of all layers. SUND_DEFECT naming layer and row. */
sund_code gpkg_check(sund_ctx *ctx, const sund_gpkg_spec *spec);

/* --- gpkg_schema.c: the tables of the standard */

/* Core tables, extensions, reference systems; begins the transaction. */
sund_code gpkg_create(gpkg_file *file);
/* Registers a layer whose rows are written: contents, geometry column, counts. */
sund_code gpkg_register(gpkg_file *file, size_t layer, const gpkg_extent *extent);
/* R-tree of a layer with its triggers, and registers it. */
sund_code gpkg_index(gpkg_file *file, size_t layer, const gpkg_extent *extent);

/* --- gpkg_rows.c, gpkg_shape.c: the rows */

/* Creates the layer's table and writes its rows; fills `extent`. */
sund_code gpkg_write_rows(gpkg_file *file, size_t layer, gpkg_extent *extent);
/* Bytes of the geometry of a row of lines or areas. */
size_t gpkg_shape_size(const sund_shapes *shapes, size_t row, bool multi);
/* Writes it; box as sund_shapes_box gives it. Returns the bytes written. */
size_t gpkg_shape_write(const sund_shapes *shapes, size_t row, bool multi, int32_t srs, const double box[4],
                        uint8_t *blob);
/* Writes a point: always 29 bytes. */
enum { GPKG_POINT_SIZE = 29 };
void gpkg_point_write(double x, double y, int32_t srs, uint8_t *blob);
/* Does a row need a MULTI... type? */
bool gpkg_shape_several(const sund_shapes *shapes, size_t row);

/* --- gpkg_describe.c: what explains the layers */

/* Column titles, domains, QGIS metadata, styles of a layer. */
sund_code gpkg_describe(gpkg_file *file, size_t layer);
/* The record of the run, last. */
sund_code gpkg_finish(gpkg_file *file);

/* --- gpkg_prove.c */

/* Reads the closed temporary again: integrity, foreign keys, R-trees, counts. */
sund_code gpkg_prove(gpkg_file *file);

/* --- gpkg_old.c: the older file at the target */

/* An older file that is about to be replaced, kept locked. */
typedef struct gpkg_old {
  struct sqlite3 *db; /* NULL when nothing had to be locked */
} gpkg_old;

/* May it be replaced? Looks without changing anything; waits `wait_ms` for others to let go of it. */
sund_code gpkg_old_look(sund_ctx *ctx, const publish_target *target, int wait_ms);
/* Folds the files SQLite may have left beside it away, proves that nobody has it open, keeps it locked. */
sund_code gpkg_old_take(sund_ctx *ctx, const publish_target *target, int wait_ms, gpkg_old *old);
void gpkg_old_release(gpkg_old *old);

/* --- gpkg.c */

/* sund_gpkg_write with another patience towards programs that have the older file open. */
sund_code gpkg_write_waiting(sund_ctx *ctx, const sund_gpkg_spec *spec, int wait_ms);

#endif
