/* saddles.h - how the search for saddles looks at a flooded raster; private to geo/saddle*.c.
 *
 * A basin is a set of joined cells with one first-wet level, the plateau that gets wet in one go. Its cells are found by
 * filling it from one of them. The raster is looked at in panes: squares with a ring of one cell around, so that every
 * cell of a pane has its neighbours beside it; the last used ones are kept. In a pane, and in whatever saddles_load
 * gives, all that water comes from is coded alike: ground SUND_NEVER and first-wet level 0 are a cell of the sea, an
 * unknown cell with SUND_SEED_NODATA, a place beyond the raster's edge with SUND_SEED_EDGE. Cells that never get wet,
 * unknown ones and places beyond the edge otherwise have the first-wet level SUND_NEVER.
 *
 * Order: saddles_look_open, then saddles_fill as often as needed; saddles_forget to begin anew.
 */
#ifndef SUND_GEO_SADDLES_H
#define SUND_GEO_SADDLES_H

#include "sund/geo.h"

enum {
  PANE_SIDE = 256,           /* cells with the ring: a place in a pane fits into 16 bits, row * 256 + column   */
  PANE_STEP = PANE_SIDE - 2, /* cells without it                                                              */
  PANES_ACROSS = 10,         /* panes kept: PANES_ACROSS squared                                              */
  PANES_BLOCK = 8            /* panes a side that a scan goes through before it moves on: they and their
                               * neighbours are kept together                                                  */
};

/* What a filled basin is like. */
typedef struct saddles_basin {
  uint16_t crest;      /* first-wet level of its cells                                                        */
  uint16_t lowest_raw; /* ground of its lowest cell                                                           */
  bool from_sea;       /* water comes from the sea, or a seed, straight to an entry                           */
  uint16_t lower;      /* else: the lowest first-wet level beside an entry                                    */
  uint64_t sunken;     /* cells lower than the crest                                                          */
  uint64_t water;      /* sum over these of crest less ground, raw                                            */
  uint64_t cells;      /* all of them                                                                         */
  sund_cell lowest;    /* of the sunken ones: lowest, then northernmost, then westernmost                     */
  sund_cell saddle;    /* northernmost, then westernmost entry                                                */
  sund_cell exit;      /* northernmost, then westernmost entry beside the lowest water                        */
  sund_cell below;     /* that lowest water beside it, northernmost, then westernmost; not set when from_sea  */
} saddles_basin;

typedef struct saddles_pane {
  size_t across, down; /* which pane                                        */
  bool loaded, asked;  /* asked: some cell in it is asked for               */
  uint16_t *ground, *wet;
  uint64_t *ask; /* a bit a place: is asked for */
} saddles_pane;

/* Asked cells in an order in which those of a pane stand together. */
typedef struct saddles_asked {
  uint64_t order; /* see saddles_order */
  sund_cell cell;
  size_t row; /* of the caller's array */
} saddles_asked;

typedef struct saddles_look {
  sund_ctx *ctx; /* scratch */
  const sund_flood *flood;
  const sund_flood_spec *spec;
  size_t directions;   /* 4 or 8                                   */
  int step[8];         /* to the neighbours, in places of a pane   */
  size_t stride;       /* words a row of seen                      */
  uint64_t *seen;      /* a bit a cell: is in a basin filled before */
  uint8_t *sea;        /* a pane's, while it is loaded             */
  uint16_t *here;      /* places of the pane at hand to be visited */
  sund_cell_list away; /* cells of other panes to be visited       */
  size_t blocks;       /* of panes, across */
  size_t asked;
  saddles_asked *ask; /* asked of them, in order */
  /* Of the basin filled last: */
  bool with_rim, with_all; /* wanted?                                                        */
  sund_cell_list rim;      /* cells beside water of another first-wet level, or beside the sea */
  sund_cell_list all;      /* all its cells                                                  */
  size_t found, found_room;
  size_t *find; /* found: rows of `ask` that lie in it */
  saddles_pane pane[PANES_ACROSS * PANES_ACROSS];
} saddles_look;

/* Is this what water comes from? */
static inline bool saddles_is_source(uint16_t ground, uint16_t wet) {
  return ground == SUND_NEVER && wet == 0;
}

/* Before in reading order: rows from the north, in them from the west. */
static inline bool saddles_before(sund_cell a, sund_cell b) {
  return a.row < b.row || (a.row == b.row && a.column < b.column);
}
static inline bool saddles_same(sund_cell a, sund_cell b) {
  return a.row == b.row && a.column == b.column;
}

/* The eight neighbours clockwise from the east: column and row. The even ones share an edge. */
extern const int saddles_around[8][2];

/* Ground and first-wet levels from any zone of a rectangle that may stick out of the raster; columns * rows of each
 * array, sea is scratch. */
void saddles_load(const sund_flood *flood, ptrdiff_t column, ptrdiff_t row, size_t columns, size_t rows,
                  uint16_t *ground, uint16_t *wet, uint8_t *sea);

/* asked may be NULL with n 0. */
sund_code saddles_look_open(sund_ctx *scratch, const sund_flood *flood, size_t n, const sund_cell *asked,
                            saddles_look **out);
/* The pane that holds a cell, without its ring; NULL without memory. Good until the next pane is asked for. */
saddles_pane *saddles_pane_of(saddles_look *look, sund_cell cell);
static inline size_t saddles_place(const saddles_pane *pane, sund_cell cell) {
  return (cell.row - pane->down * PANE_STEP + 1) * PANE_SIDE + cell.column - pane->across * PANE_STEP + 1;
}
/* Cells in the order of this number, one for each, are met block by block of panes, in a pane row by row. */
uint64_t saddles_order(const saddles_look *look, sund_cell cell);
/* Has the cell been filled? And: from now on it has. */
static inline bool saddles_seen(const saddles_look *look, sund_cell cell) {
  return look->seen[cell.row * look->stride + cell.column / 64] >> (cell.column % 64) & 1;
}
static inline void saddles_see(saddles_look *look, sund_cell cell) {
  look->seen[cell.row * look->stride + cell.column / 64] |= (uint64_t)1 << (cell.column % 64);
}
static inline void saddles_unsee(saddles_look *look, sund_cell cell) {
  look->seen[cell.row * look->stride + cell.column / 64] &= ~((uint64_t)1 << (cell.column % 64));
}
/* Nothing has been filled. */
void saddles_forget(saddles_look *look);

/* Fills the basin of a cell of land that gets wet, as far as it has not been seen. Where parts had been seen, there may be
 * no saddle, exit and water below. */
sund_code saddles_fill(saddles_look *look, sund_cell start, saddles_basin *out);

/* Which basins does water come through? lower[i] is the basin kept[i] with from_sea and below; kept is in the order of
 * the results, by crest, then place. Sets kept[i].parent, and through[i] of the asked cells unless it is NULL; own[i]: the
 * kept basin an asked cell lies in, SIZE_MAX = none. Forgets what has been seen. */
sund_code saddles_trace(saddles_look *look, size_t count, sund_saddle *kept, const saddles_basin *lower,
                        const size_t *own, size_t *through);

#endif
