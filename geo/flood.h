/* flood.h - inside of the flooding: what its files hand to each other; private to geo/.
 *
 * The raster is cut into tiles. Each tile is flooded by itself from every place where water could enter it: the cells
 * along its border to other tiles, each from its own height, and the cells beside the sea. Such a place becomes a
 * label unless the water of another label has reached it before. What a tile tells about itself is small: its labels,
 * the lowest levels at which they meet (edges, a forest), and the levels at which they meet the sea (shores). The
 * graph of all labels is solved once; then
 *     first-wet level of a cell = max(its ground, level at which its label's water met it, level of its label).
 * Exact for any tiles, because the lowest way to a cell enters its tile somewhere, and there is a label there
 * (Barnes 2016, Parallel Priority-Flood depression filling for trillion cell digital elevation models).
 *
 * Order of calls: flood_store_open, flood_read (which floods the tiles as soon as their neighbours are read),
 * flood_solve; after an edit flood_tiles_run and flood_solve again.
 */
#ifndef SUND_GEO_FLOOD_H
#define SUND_GEO_FLOOD_H

#include <math.h>
#include <stdatomic.h>

#include "sund/geo.h"

/* Cells a side of a tile at most; tiles a side of a window that is read at once; raw levels there are. */
enum { FLOOD_SIDE = 256, FLOOD_WINDOW = 8, FLOOD_LEVELS = 65536 };

/* Id of a cell in its tile: never reached, sea, or a row of the tile's marks. */
enum { FLOOD_NO_ID = 0, FLOOD_SEA_ID = 1, FLOOD_FIRST_ID = 2 };

/* What the cells of one id have in common. */
typedef struct flood_mark {
  uint16_t level; /* at which the label's water met them; a cell's own ground may be higher */
  uint16_t label; /* of the tile                                                            */
} flood_mark;

/* Two labels that meet at a level. */
typedef struct flood_edge {
  uint16_t a, b, level;
} flood_edge;

/* A label that meets the sea of a zone at a level. */
typedef struct flood_shore {
  uint16_t label, zone, level;
} flood_shore;

/* A cell of a tile's outermost rows and columns: SUND_NEVER where water cannot be. */
typedef struct flood_rim {
  uint16_t ground, id;
} flood_rim;

/* Sides of a rim, in the order they stand in flood_tile.rim. */
typedef enum flood_side { FLOOD_NORTH, FLOOD_SOUTH, FLOOD_WEST, FLOOD_EAST } flood_side;

typedef struct flood_tile {
  bool flat;            /* all cells have one ground, which is not in the store  */
  bool has_id;          /* the store holds ids; else all cells have `plain_id`   */
  bool has_low;         /* there is land at or below the cap                     */
  uint16_t flat_ground; /* raw, when flat                                        */
  uint16_t plain_id;    /* FLOOD_NO_ID or FLOOD_SEA_ID                           */
  sund_ctx *ctx;        /* holds the arrays below; NULL = there are none of them */
  size_t bytes;         /* of these arrays                                       */
  uint32_t ids, labels, edges, shores;
  flood_mark *mark;   /* ids: of id i in row i - FLOOD_FIRST_ID                            */
  uint32_t *cells;    /* labels: cells that got their id from this label                   */
  flood_edge *edge;   /* edges                                                             */
  flood_shore *shore; /* shores                                                            */
  flood_rim *rim;     /* north and south row, west and east column: 2 * (columns + rows)   */
  size_t first;       /* its first label in the graph                                      */
} flood_tile;

struct sund_flood {
  sund_ctx *ctx;
  sund_flood_spec spec;
  sund_flood_source source;
  size_t columns, rows;  /* of the raster                      */
  size_t side;           /* cells a side of a tile             */
  size_t across, down;   /* tiles                              */
  flood_tile *tile;      /* across * down                      */
  uint16_t *ground, *id; /* cells, tile by tile                */
  void *mapped;          /* the spool's memory, NULL = no spool */
  size_t mapped_bytes;
  sund_ctx *graph;     /* holds `level`                                                         */
  size_t labels;       /* of all tiles                                                          */
  uint16_t *level;     /* `labels` levels for each zone, then of any zone when there are several */
  const uint16_t *any; /* the levels of any zone                                                */
  sund_flood_report told;
};

/* Steps above the offset: -1 = below it, SUND_NEVER = unknown; otherwise the raw height. */
static inline int32_t flood_steps(double offset_m, double steps_a_metre, double metres) {
  double steps = (metres - offset_m) * steps_a_metre;
  steps = SUND_NEVER - 1 < steps ? SUND_NEVER - 1 : steps;
  steps = -1 > steps ? -1 : steps;
  return isnan(steps) ? SUND_NEVER : (int32_t)lrint(steps);
}

/* Where the cells of a tile lie in the raster, and its first cell in the store; rows follow each other there. */
typedef struct flood_patch {
  sund_window window;
  size_t first;
} flood_patch;
flood_patch flood_patch_of(const sund_flood *flood, size_t tile);
/* The tile that holds a cell. */
size_t flood_tile_of(const sund_flood *flood, size_t column, size_t row);
/* A cell's ground and id. */
void flood_look(const sund_flood *flood, size_t column, size_t row, uint16_t *ground, uint16_t *id);
/* First-wet level of a cell of land that has a row in the tile's marks. levels: of the zone. */
uint16_t flood_level(const flood_tile *tile, const uint16_t *levels, uint16_t id, uint16_t ground);
/* The side of a tile's rim; NULL when the tile has none. */
const flood_rim *flood_rim_of(const sund_flood *flood, size_t tile, flood_side side);

/* -------------------------------------------------------------------------------------------------- flood_store.c */

/* Room for the cells: memory, or an unnamed file. Closed with the context. */
sund_code flood_store_open(sund_ctx *ctx, sund_flood *flood);
/* Gives back the memory of a window, when there is a spool. */
void flood_store_rest(const sund_flood *flood, const sund_window *window);

/* --------------------------------------------------------------------------------------------------- flood_read.c */

/* Reads all cells window by window; floods every tile whose neighbours have been read. */
sund_code flood_read(sund_ctx *ctx, sund_flood *flood);

/* --------------------------------------------------------------------------------------------------- flood_load.c */

/* Work space for one tile: the tile with a ring of one cell around it, and a queue by levels. */
enum { FLOOD_WALL_ID = UINT16_MAX };         /* id of cells where water cannot be, while a tile is flooded */
enum { FLOOD_QUEUED = 1, FLOOD_BESIDE = 2 }; /* bits of flood_work.start                                   */
typedef struct flood_work {
  size_t stride;        /* from a cell to the one south of it                                      */
  size_t columns, rows; /* of the tile                                                             */
  uint16_t *ground;     /* SUND_NEVER = wall: sea, unknown, above the cap, outside the tile        */
  uint16_t *id;         /* FLOOD_NO_ID = not met yet                                               */
  uint8_t *water;       /* 1 = water comes from this cell to its neighbours                        */
  uint8_t *start;       /* FLOOD_QUEUED: in the queue from the start; FLOOD_BESIDE: beside the sea */
  uint32_t *next;       /* in the queue: the next cell of the same level, 0 = none                 */
  uint32_t *stack;      /* cells taken at once                                                     */
  uint32_t *head;       /* by level: its first cell, 0 = none                                      */
  uint64_t *word;       /* bits: levels with cells                                                 */
  uint64_t *words;      /* bits: words with bits                                                   */
  uint32_t ids, labels, edges, shores;
  flood_mark *mark;   /* by id                                                  */
  uint16_t *set;      /* by id: the label that stands for all it has met        */
  uint16_t *other;    /* by id: the next of its set, in a ring                  */
  uint16_t *current;  /* by set: its id of the highest level                    */
  uint32_t *size;     /* by set: ids in it                                      */
  uint64_t *zones;    /* by set: zones of the sea it has met                    */
  uint32_t *cells;    /* by label                                               */
  flood_edge *edge;   /* edges                                                  */
  flood_shore *shore; /* shores, grows                                          */
  size_t shore_room;
  atomic_bool busy; /* a thread uses it */
} flood_work;

/* A work space for tiles of this flood. */
sund_code flood_work_make(sund_ctx *ctx, const sund_flood *flood, flood_work *out);
/* Puts a cell into the queue. */
void flood_push(flood_work *work, uint32_t at, uint16_t level);
/* Which cells around a tile give water to it: 1 each. Looks at other tiles, which must not be flooded meanwhile. */
enum { FLOOD_RING = 4 * (FLOOD_SIDE + 1) };
void flood_ring(const sund_flood *flood, size_t tile, uint8_t *ring);
/* Loads a tile and queues the cells where water can start. */
void flood_load(const sund_flood *flood, size_t tile, const uint8_t *ring, flood_work *work);

/* --------------------------------------------------------------------------------------------------- flood_tile.c */

/* Floods tiles by themselves, in parallel. */
sund_code flood_tiles_run(sund_ctx *ctx, sund_flood *flood, size_t count, const size_t *tile);

/* -------------------------------------------------------------------------------------------------- flood_graph.c */

/* The levels of all labels, from what the tiles tell, and the report of what was reached. */
sund_code flood_solve(sund_ctx *ctx, sund_flood *flood);

#endif
