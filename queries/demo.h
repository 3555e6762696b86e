/* demo.h - the rooms of `sund demo` among themselves: the plan they draw on, and the sheets they fill.
 *
 * The plan is a plane in metres: EPSG:25832 less an origin, x 0..18000, y -600..11400, west Danish, east Swedish, the
 * Sound between. Everything is drawn on it and moved to each side's own CRS when written (demo_files.c). Chance comes
 * from a hash of whole numbers, so that the same place is drawn on every machine. */
#ifndef SUND_QUERIES_DEMO_H
#define SUND_QUERIES_DEMO_H

#include "sund/queries.h"

enum { DEMO_DK, DEMO_SE, DEMO_SIDES };

/* What is written for each side, one file each. */
enum demo_layer {
  DEMO_AREAS,
  DEMO_LAND,
  DEMO_GREEN,
  DEMO_PROTECTED,
  DEMO_ENTRANCES,
  DEMO_HOMES,
  DEMO_JOBS,
  DEMO_PLACES,
  DEMO_PATHS,
  DEMO_BARRIERS,
  DEMO_OPENINGS,
  DEMO_LAYERS
};

#define DEMO_EAST 718000.0 /* EPSG:25832 of the plan's origin                       */
#define DEMO_NORTH 6208000.0
#define DEMO_CELL 10.0      /* metres: cell of the plan's masks and of the terrain   */
#define DEMO_WIDTH 18000.0  /* metres                                                */
#define DEMO_SOUTH (-600.0) /* metres: y of the plan's lower edge                    */
#define DEMO_HEIGHT 12000.0 /* metres                                                */
#define DEMO_MOST_KNOTS 20  /* points of a curve drawn by hand                       */

/* A growing polyline, plan metres. */
typedef struct demo_line {
  size_t n, room;
  double *x, *y;
} demo_line;

/* A point drawn by hand, in tens of metres, and how rough the line is from here to the next one, in percent of a
 * segment's length; 0 = straight, as harbours are built. */
typedef struct demo_knot {
  int16_t x, y;
  uint8_t rough;
} demo_knot;

/* A value of a sheet; which member counts is said by the field's type. */
typedef union demo_value {
  double real;
  int64_t integer;
  const char *text;
} demo_value;

/* A layer being drawn: rows are added one by one, parts to the last row. Points have one part of one vertex. */
typedef struct demo_sheet {
  size_t fields, rows, parts, row_room, part_room;
  demo_value *value;    /* rows * fields                                  */
  size_t *first_part;   /* rows: number of parts before the row           */
  size_t *first_vertex; /* parts                                          */
  demo_line line;       /* all vertices                                   */
} demo_sheet;

/* Bits of demo_plan.cover. */
enum {
  DEMO_IS_GREEN = 1,
  DEMO_IS_WATER = 2,
  DEMO_IS_ROAD = 4,
  DEMO_IS_HOME = 8,
  DEMO_IS_STILL = 16 /* no lane comes here */
};

/* What a district is built like, and what a street or path is. */
enum { DEMO_OLD, DEMO_VILLA, DEMO_ROW, DEMO_BLOCK, DEMO_WORK, DEMO_VILLAGE };
enum { DEMO_MAIN, DEMO_COUNTRY, DEMO_LOCAL, DEMO_CYCLE, DEMO_FOOT, DEMO_STEPS };
int demo_district_kind(uint8_t district);

/* The place as masks of 10 m cells, south row first, and as sheets. */
typedef struct demo_plan {
  size_t columns, rows;
  float *shore;      /* metres to the shore line, positive on land                 */
  float *low;        /* metres outside the low quarters, 0 inside                  */
  float *bank;       /* metres: height of the bank that stands here, 0 for none      */
  uint8_t *cover;    /* DEMO_IS_...                                                */
  uint8_t *green;    /* 1 + row of the table of green areas                        */
  uint8_t *district; /* 1 + row of the table of districts                          */
  uint8_t *commune;  /* 1 + row of the table of municipalities: 1, 2 DK; 3, 4 SE   */
  uint8_t *scratch;  /* for demo_fill                                              */
  demo_sheet sheet[DEMO_SIDES][DEMO_LAYERS];
} demo_plan;

/* demo_pen.c: chance, lines, masks, sheets */
uint32_t demo_hash(uint32_t a, uint32_t b, uint32_t c);
double demo_chance(uint32_t a, uint32_t b, uint32_t c);             /* uniform in [0, 1)                     */
double demo_noise(uint32_t seed, double x, double y, double scale); /* smooth, -1..1, features of `scale` m  */
sund_code demo_line_add(sund_ctx *ctx, demo_line *line, double x, double y);
/* Adds a rough (fractal) line through the knots, cut down to 5 m; `smooth` bends it into a curve first. */
sund_code demo_draw(sund_ctx *ctx, size_t n, const demo_knot *knot, bool smooth, uint32_t seed, demo_line *line);
/* Adds the curve through points, in pieces of at most `step` metres; demo_curve: at most DEMO_MOST_KNOTS, x, y by turns
 * in tens of metres. The points themselves are on it. */
sund_code demo_bend(sund_ctx *ctx, size_t n, const double *x, const double *y, double step, demo_line *line);
sund_code demo_curve(sund_ctx *ctx, size_t n, const int16_t *tens, double step, demo_line *line);
/* The plan's cell under a point; clamped to the plan. */
size_t demo_cell(const demo_plan *plan, double x, double y);
double demo_sample(const demo_plan *plan, const float *mask, double x, double y); /* between cell centres           */
/* Sets (value) or adds (bits) into the cells whose centre is in the closed or open ring. */
void demo_fill(demo_plan *plan, size_t n, const double *x, const double *y, uint8_t *mask, uint8_t value, bool bits);
/* Metres (chamfer 5-7-11) to the nearest cell where mask equals `value`. */
void demo_distance(const demo_plan *plan, const uint8_t *mask, uint8_t value, float *out);
/* Moves a point straight to or from the shore until it is `metres` inland. */
void demo_to_shore(const demo_plan *plan, double metres, double *x, double *y);
sund_code demo_row(sund_ctx *ctx, demo_sheet *sheet, const demo_value *value);
sund_code demo_part(sund_ctx *ctx, demo_sheet *sheet, size_t n, const double *x, const double *y);
/* The sheet's rows as shapes on the plan, rings in their proper sense. */
sund_code demo_shapes(sund_ctx *ctx, const demo_sheet *sheet, sund_kind kind, sund_shapes **out);
sund_code demo_point(sund_ctx *ctx, demo_sheet *sheet, const demo_value *value, double x, double y);

/* In the order of calls. */
sund_code demo_region_draw(sund_ctx *ctx, demo_plan *plan); /* land, harbour works, municipalities      */
void demo_districts_fill(demo_plan *plan);                  /* the mask of districts                   */
sund_code demo_green_draw(sund_ctx *ctx, demo_plan *plan);  /* green areas, protected nature, gates     */
sund_code demo_lines_draw(sund_ctx *ctx, demo_plan *plan);  /* called by demo_roads_draw */
sund_code demo_road_row(sund_ctx *ctx, demo_plan *plan, int side, int class, int level, bool one_way);
sund_code demo_roads_draw(sund_ctx *ctx, demo_plan *plan);   /* streets and paths                        */
sund_code demo_town_draw(sund_ctx *ctx, demo_plan *plan);    /* homes, jobs, places                      */
sund_code demo_terrain_draw(sund_ctx *ctx, demo_plan *plan); /* dikes and openings                       */
/* Ground height in metres, DVR90 in the west and RH2000 in the east. */
double demo_height(const demo_plan *plan, double x, double y);

/* From the plan to another system and back. */
typedef struct demo_mover {
  const sund_crs *crs;
  const sund_op *out, *back;
} demo_mover;
sund_code demo_mover_open(sund_ctx *ctx, const char *code, demo_mover *out);
/* In place, rounded to a millimetre. */
sund_code demo_mover_move(sund_ctx *ctx, const demo_mover *to, size_t n, double *x, double *y);

/* Writing, into `folder`. */
sund_code demo_files_write(sund_ctx *ctx, const demo_plan *plan, const char *folder); /* layers, terrain         */
sund_code demo_both_write(sund_ctx *ctx, const demo_plan *plan, const char *folder);  /* of both shores          */
/* A sheet as a table, with a field for each of its fields. */
sund_code demo_table(sund_ctx *ctx, const char *name, sund_kind kind, const sund_field *field,
                     const demo_sheet *sheet, const demo_mover *to, sund_table **out);
sund_code demo_package_write(sund_ctx *ctx, const char *path, const sund_crs *crs, size_t count,
                             const sund_layer *layer);
sund_code demo_transit_write(sund_ctx *ctx, const char *folder); /* timetables, crossings of scenarios */
/* From the plan to longitude and latitude or another system. */
sund_code demo_move(sund_ctx *ctx, const char *code, size_t n, double *x, double *y);
/* A text file, checked to the last byte. */
sund_code demo_text_write(sund_ctx *ctx, const char *folder, const char *name, const char *text, size_t length);

#endif
