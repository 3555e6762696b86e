/* terrain.h - a terrain of several raster files, shared by terrain.c and terrain_files.c. Private. */
#ifndef SUND_LAYERS_TERRAIN_H
#define SUND_LAYERS_TERRAIN_H

#include "raster.h"

/* One file of a terrain. It is open while it is read from; of many files only those read last are. */
typedef struct terrain_file {
  const sund_source *source;
  const char *name; /* base name                                                   */
  path_facts facts; /* as it was when it was hashed                                */
  sund_ctx *own;    /* holds the guard; NULL = closed                              */
  guard *guard;     /* paused but while GDAL is called                             */
  raster_claims is; /* band and mask hold while it is open                         */
  raster_heights heights;
  const sund_crs *crs;
  double block_columns, block_rows, block_bytes; /* of a block; bytes a cell */
  size_t column, row;                            /* of its upper left cell in the terrain                      */
  uint64_t used;                                 /* when it was last read from, in calls                       */
} terrain_file;

typedef struct terrain_files {
  sund_ctx *ctx; /* of the terrain: where files live */
  size_t count;
  terrain_file *file;
  uint64_t calls;
} terrain_files;

/* Looks at a source, hashes it and asks what it claims; no cell is read. It is open afterwards. */
sund_code terrain_file_look(sund_ctx *ctx, const sund_source *source, terrain_file *out, sund_reading *reading,
                            sund_findings *findings);
/* Opens it again when it was closed, closing another one when too many are open; GDAL may be called until
 * terrain_file_rest. Failures are passed to ctx with the file's name. */
sund_code terrain_file_wake(sund_ctx *ctx, terrain_files *files, terrain_file *file);
void terrain_file_rest(terrain_file *file);
void terrain_file_close(terrain_file *file);
/* Is the file as it was when it was hashed? SUND_SOURCE. */
sund_code terrain_file_unchanged(sund_ctx *ctx, const terrain_file *file);

/* The function behind sund_terrain.read. */
sund_code terrain_read(sund_ctx *ctx, void *data, const sund_window *window, float *metres);

#endif
