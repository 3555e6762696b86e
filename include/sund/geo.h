/* geo.h - the ground floor of sund: context, data shapes, geometry, networks.
 *
 * Conventions
 *   x is east, y is north, always; coordinates are in the analysis CRS (metres) unless a comment says otherwise.
 *   Metres, square metres and hectares given to users are on the ellipsoid ("on the ground"); see sund_ground.
 *   Rows, parts, vertices, nodes, edges are numbered from 0. Angles are degrees.
 *   Every function that can fail takes the context first and returns a sund_code; results come last, by pointer.
 *   On failure results are left untouched and the context holds one message (first failure wins).
 *   All memory comes from the context and is gone with it. Inputs are borrowed and never changed.
 */
#ifndef SUND_GEO_H
#define SUND_GEO_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUND_VERSION "0.4.0"

/* ---------------------------------------------------------------------------------------------------- context */

/* What went wrong, in classes that a caller can act on. The exit codes of the program are made from these. */
typedef enum sund_code {
  SUND_OK = 0,
  SUND_USAGE,    /* the call, command line or project file is wrong                 (exit 2)   */
  SUND_SOURCE,   /* an input is missing, unreadable or damaged                      (exit 3)   */
  SUND_DATA,     /* an input was read, but what it says cannot be right             (exit 3)   */
  SUND_OUTPUT,   /* the surroundings: output exists, locked, disk full, no grid     (exit 4)   */
  SUND_LIMIT,    /* memory, time or another limit                                   (exit 6)   */
  SUND_DEFECT,   /* a fault in sund itself                                          (exit 5)   */
  SUND_CANCELLED /* the caller asked to stop                                        (exit 130) */
} sund_code;

/* Everything a call needs to know about its surroundings: arena, first failure, deferred closings, threads,
 * progress. One context belongs to one thread at a time. */
typedef struct sund_ctx sund_ctx;

/* Passes a failure on. The only macro for control flow in sund. */
#define TRY(call)                             \
  do {                                        \
    sund_code try_code = (call);              \
    if (try_code != SUND_OK) return try_code; \
  } while (0)

/* Feature id for "no feature": see sund_blame. */
#define SUND_NO_FEATURE INT64_MIN

/* A new context with as many threads as there are cores, or NULL without memory. */
sund_ctx *sund_ctx_new(void);

/* A context for scratch work: own arena and own failure, settings of `parent`. Free it before `parent`.
 * NULL without memory, and then `parent` holds the failure. */
sund_ctx *sund_ctx_child(sund_ctx *parent);

/* Calls what was deferred, newest first, and frees everything. NULL is allowed. */
void sund_ctx_free(sund_ctx *ctx);

/* Threads used by sund_for, at least 1. 0 asks for as many as there are cores. */
void sund_ctx_threads(sund_ctx *ctx, int threads);
int sund_ctx_thread_count(const sund_ctx *ctx);

/* For tests: the n-th sund_alloc from now on (1 = the next), in this context or its children, fails; 0 = never.
 * sund_ctx_allocations tells how many there were since the context was made. */
void sund_ctx_fail_alloc(sund_ctx *ctx, size_t n);
size_t sund_ctx_allocations(const sund_ctx *ctx);

/* Zeroed memory for `count` items of `size` bytes, aligned for any type; gone with the context. count 0 gives a
 * valid pointer. NULL without memory or when the size overflows, and then the context holds a SUND_LIMIT failure:
 * `if (!p) return SUND_LIMIT;` passes it on. */
void *sund_alloc(sund_ctx *ctx, size_t count, size_t size);

/* An array that grows: `items` itself while it has room for `need` of them, else a copy with at least twice the room,
 * zeroed behind the old items. Begins with NULL and *room 0. NULL without memory (failure noted), *room as it was. */
void *sund_grow(sund_ctx *ctx, void *items, size_t *room, size_t need, size_t size);

/* Text in the arena, made like printf in the C locale. NULL without memory (failure noted). The list is used up. */
char *sund_text(sund_ctx *ctx, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *sund_text_list(sund_ctx *ctx, const char *format, va_list list) __attribute__((format(printf, 2, 0)));
char *sund_text_copy(sund_ctx *ctx, const char *text);

/* Notes a failure and returns `code`. The first one wins. One line, what is wrong and what to do, no full stop. */
sund_code sund_fail(sund_ctx *ctx, sund_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds to the noted failure where it happened, as far as not known yet; returns the noted code.
 * source: a file or layer, or NULL. feature: its id there, or SUND_NO_FEATURE. */
sund_code sund_blame(sund_ctx *ctx, const char *source, int64_t feature);

/* The noted failure; SUND_OK if there is none. Each pointer may be NULL; texts live as long as the context. */
sund_code sund_failure(const sund_ctx *ctx, const char **message, const char **source, int64_t *feature);

/* Takes over the failure of a child (first failure still wins) and returns its code. */
sund_code sund_ctx_pass(sund_ctx *ctx, const sund_ctx *child);

/* Calls close(data) when the context is freed, newest first. On failure close(data) is called at once. */
sund_code sund_defer(sund_ctx *ctx, void (*close)(void *), void *data);

/* Progress: `share` of the whole run done, 0 to 1. The hook returns 0 to stop (GDALProgressFunc's shape). */
typedef int (*sund_progress_fn)(double share, const char *message, void *data);
void sund_ctx_progress(sund_ctx *ctx, sund_progress_fn hook, void *data);
/* From now on shares 0 to 1 stand for the part low to high of the whole run: a step need not know the others. */
void sund_ctx_progress_part(sund_ctx *ctx, double low, double high);
/* Main thread only. SUND_CANCELLED when the hook says stop. */
sund_code sund_progress(sund_ctx *ctx, double share, const char *message);

/* Runs fn over [0, rows) in blocks of `block` rows on the context's threads; a plain loop with one thread.
 * fn writes only its own rows. `worker` is a context of the thread: memory from it is gone when sund_for returns.
 * The failure reported is that of the lowest block, whatever the number of threads. */
typedef sund_code (*sund_for_fn)(sund_ctx *worker, size_t begin, size_t end, void *data);
sund_code sund_for(sund_ctx *ctx, size_t rows, size_t block, sund_for_fn fn, void *data);

/* ------------------------------------------------------------------------------------------------------- table */

typedef enum sund_type { SUND_REAL, SUND_INT, SUND_TEXT } sund_type;

/* One value of an enumerated column. */
typedef struct sund_choice {
  const char *value;    /* as stored */
  const char *label[3]; /* da, sv, en; NULL = the value itself */
} sund_choice;

/* What a column is: name, type, unit, labels. Result columns, role columns and styles are made from these. */
typedef struct sund_field {
  const char *name; /* ASCII, snake_case, unit as suffix                         */
  sund_type type;
  const char *unit;           /* "m", "ha", "persons", "%", ... or NULL                     */
  const char *label[3];       /* da, sv, en                                                 */
  const sund_choice *choices; /* allowed values, ended by {NULL}; or NULL                   */
} sund_field;

/* One column: exactly one of the arrays is set, by field.type; each has the table's rows.
 * Unknown: NAN in reals, SUND_NULL_INT in integers, NULL in text. */
typedef struct sund_column {
  sund_field field;
  double *real;
  int64_t *integer;
  const char **text;
} sund_column;
#define SUND_NULL_INT INT64_MIN

typedef enum sund_kind {
  SUND_NONE,  /* no geometry                                                */
  SUND_POINT, /* one point a row: table.x, table.y                          */
  SUND_LINE,  /* table.shapes; a row may have several parts                 */
  SUND_AREA   /* table.shapes; parts are rings, closed, outer before holes  */
} sund_kind;

/* Lines or polygons of many rows in four arrays. Row r has parts first_part[r] .. first_part[r+1]-1; part p has
 * vertices first_vertex[p] .. first_vertex[p+1]-1. Rings are closed (last vertex = first), outer rings
 * counter-clockwise, holes clockwise and directly after their outer ring. A row with no part is empty. */
typedef struct sund_shapes {
  sund_kind kind; /* SUND_LINE or SUND_AREA                    */
  size_t rows;
  size_t parts;
  size_t vertices;
  size_t *first_part;   /* rows + 1                                  */
  size_t *first_vertex; /* parts + 1                                 */
  uint8_t *hole;        /* parts: 1 = hole of the last outer ring before; NULL for lines */
  double *x;            /* vertices, metres                          */
  double *y;            /* vertices, metres                          */
} sund_shapes;

/* Columns of equal length, with geometry or without. Filled once, read-only after. A dwelling is a row number from
 * reading to writing. */
typedef struct sund_table {
  const char *name;
  size_t rows;
  sund_kind kind;
  double *x; /* rows: the point; for lines and areas NULL            */
  double *y;
  sund_shapes *shapes;         /* for lines and areas, else NULL                       */
  int64_t *feature;            /* rows: id in the source (fid), or NULL                */
  uint16_t *source;            /* rows: index into source_name, or NULL                */
  const char **source_name;    /* base names of the files the rows came from       */
  const char **source_heights; /* sources: height system said for each ("EPSG:5799"), NULL = none; or NULL */
  size_t sources;
  size_t columns;
  sund_column *column;
  const struct sund_topology *topology; /* of lines that keep their nodes (OpenStreetMap), or NULL */
} sund_table;

/* A table with its columns allocated; reals NAN, integers SUND_NULL_INT, texts NULL. SUND_POINT allocates x, y. */
sund_code sund_table_new(sund_ctx *ctx, const char *name, sund_kind kind, size_t rows, const sund_field *fields,
                         size_t field_count, sund_table **out);

/* The column of that name, or NULL. */
sund_column *sund_table_column(const sund_table *table, const char *name);
/* Its array, or NULL when there is no such column of that type. */
double *sund_table_real(const sund_table *table, const char *name);
int64_t *sund_table_int(const sund_table *table, const char *name);
const char **sund_table_text(const sund_table *table, const char *name);

/* Name of the file row `row` came from, and its feature id, for sund_blame and findings. */
const char *sund_table_source(const sund_table *table, size_t row);
int64_t sund_table_feature(const sund_table *table, size_t row);

/* Shapes with room for the counts given; offsets are zero, to be filled by the caller. */
sund_code sund_shapes_new(sund_ctx *ctx, sund_kind kind, size_t rows, size_t parts, size_t vertices,
                          sund_shapes **out);

/* Copies `count` rows of `from`, in the order given. */
sund_code sund_shapes_pick(sund_ctx *ctx, const sund_shapes *from, size_t count, const size_t *row,
                           sund_shapes **out);

/* The rows of several shapes of one kind, one after the other. */
sund_code sund_shapes_join(sund_ctx *ctx, sund_kind kind, size_t count, const sund_shapes *const *from,
                           sund_shapes **out);

/* Bounding box of row `row`: box = {min x, min y, max x, max y}. False (and a box of +inf..-inf) when it is empty. */
bool sund_shapes_box(const sund_shapes *shapes, size_t row, double box[4]);
/* Bounding box of all rows. False when there is no vertex. */
bool sund_shapes_extent(const sund_shapes *shapes, double box[4]);
/* Bounding box of all rows, of points too. False when there is nothing. */
bool sund_table_box(const sund_table *table, double box[4]);

/* Regular grid: cell (column, row) has its centre at x0 + (column + 0.5) * dx, y0 - (row + 0.5) * dy, north row
 * first. NAN = unknown. */
typedef struct sund_grid {
  size_t columns, rows;
  double x0, y0; /* upper left (north-west) corner of the grid, metres in its own CRS */
  double dx, dy; /* cell size, metres, both positive                                  */
  float *value;  /* rows * columns, row by row                                        */
} sund_grid;
sund_code sund_grid_new(sund_ctx *ctx, size_t columns, size_t rows, double x0, double y0, double dx, double dy,
                        sund_grid **out);

/* --------------------------------------------------------------------------------------------------------- crs */

/* A coordinate reference system. Third party: PROJ, in geo/crs*.c, geodesic.c and ground.c only. */
typedef struct sund_crs sund_crs;

/* Reads "EPSG:25832", a WKT or a PROJJSON text. Never a file name or a URL. SUND_USAGE when not understood, with the
 * codes used in Denmark and Sweden as a hint. */
sund_code sund_crs_open(sund_ctx *ctx, const char *definition, sund_crs **out);
const char *sund_crs_name(const sund_crs *crs); /* "ETRS89 / UTM zone 32N"                                   */
const char *sund_crs_code(const sund_crs *crs); /* "EPSG:25832", or "" when it has none                      */
const char *sund_crs_wkt(const sund_crs *crs);  /* WKT 1 as GeoPackage wants it                              */
bool sund_crs_metric(const sund_crs *crs);      /* projected (or compound with it), axes in metres           */
bool sund_crs_geographic(const sund_crs *crs);  /* longitude and latitude in degrees                         */
bool sund_crs_vertical(const sund_crs *crs);    /* a height system such as EPSG:5799 (DVR90)                 */
/* Area of use in degrees {west, south, east, north}; false when the registry has none. */
bool sund_crs_area(const sund_crs *crs, double box[4]);

/* A coordinate operation, always x east, y north on both sides, whatever the authority's axis order. */
typedef struct sund_op {
  const char *name;  /* as PROJ names it, e.g. "Inverse of UTM zone 33N + UTM zone 32N" */
  double accuracy_m; /* as registered; NAN when unknown; 0 for none needed              */
  void *handle;      /* PROJ's, closed with the context                                 */
  bool identity;     /* same system: coordinates pass unchanged                         */
} sund_op;

/* The best operation from one system to another around `box` (x, y of the source; NULL = anywhere). Ballpark
 * operations are refused (SUND_OUTPUT, naming the systems and the missing grid where PROJ knows it). */
sund_code sund_op_open(sund_ctx *ctx, const sund_crs *from, const sund_crs *to, const double box[4], sund_op **out);

/* Transforms n points in place. SUND_DATA when a point has no finite result; *bad (may be NULL) is its index. */
sund_code sund_op_apply(sund_ctx *ctx, const sund_op *op, size_t n, double *x, double *y, size_t *bad);

/* Length along a polyline and area of a ring on the ellipsoid of `crs`, by geodesics (Karney 2013, PROJ's
 * geodesic.h). x, y are in `crs`. The ring's area is positive when counter-clockwise. */
sund_code sund_geodesic_length(sund_ctx *ctx, const sund_crs *crs, size_t n, const double *x, const double *y,
                               double *metres);
sund_code sund_geodesic_area(sund_ctx *ctx, const sund_crs *crs, size_t n, const double *x, const double *y,
                             double *square_metres);
/* Length of every row of lines, or area (m2, holes taken off) of every row of areas. out: rows values. */
sund_code sund_geodesic_measure(sund_ctx *ctx, const sund_crs *crs, const sund_shapes *shapes, double *out);

/* Fast ground distances: the metric tensor of the ellipsoid in map coordinates, ds2 = e dx2 + 2 f dx dy + g dy2,
 * sampled on a lattice over a box and interpolated. Within 1e-6 of the geodesic for lines up to some kilometres
 * (tests/test_crs.c). Thread safe once made. */
typedef struct sund_ground sund_ground;
sund_code sund_ground_open(sund_ctx *ctx, const sund_crs *crs, const double box[4], sund_ground **out);
/* Metres on the ground from (x0, y0) to (x1, y1). */
double sund_ground_distance(const sund_ground *ground, double x0, double y0, double x1, double y1);
/* Largest and smallest map metre per ground metre in the box: a search of d ground metres needs d * largest. */
void sund_ground_scale(const sund_ground *ground, double *smallest, double *largest);
/* Square metres on the ground of every row of areas, holes taken off: within 2e-6 of the geodesic answer (1e-5 in
 * EPSG:3857, whose scale changes fast), without its cost, from any thread. square_metres: rows, the caller's. */
void sund_ground_areas(const sund_ground *ground, const sund_shapes *areas, double *square_metres);

/* ------------------------------------------------------------------------------------------------------- shape */

/* Plane geometry on plain arrays; nothing here can fail. */
double sund_line_length(size_t n, const double *x, const double *y);
double sund_ring_area(size_t n, const double *x, const double *y); /* closed ring; positive = counter-clockwise */

/* Nearest point of segment a-b to p: *share in [0, 1] from a. Returns the distance. */
double sund_segment_nearest(double px, double py, double ax, double ay, double bx, double by, double *share);

/* Is the point in row `row` of areas? Even-odd over all rings; of two areas that share a border drawn with the same
 * vertices, a point on it is in exactly one. */
bool sund_area_contains(const sund_shapes *areas, size_t row, double x, double y);

/* Douglas-Peucker (1973): keeps vertices so that none of the dropped ones is farther than `tolerance` from the line.
 * keep: n flags, ends always kept; for a closed ring the start and the vertex farthest from it. Iterative, no
 * recursion; scratch: n indices of the caller's. Returns the number kept. */
size_t sund_simplify(size_t n, const double *x, const double *y, double tolerance, uint8_t *keep, size_t *scratch);

/* Divider (compass) walk of Richardson (1961) and Mandelbrot (1967): steps of exactly `step` along the line, each to
 * the first point at that distance; returns whole steps * step + the rest to the end point. */
double sund_divider_length(size_t n, const double *x, const double *y, double step);

/* Lines joined end to end wherever exactly two ends meet at one point; at a junction of three or more they stay apart.
 * out: one row and part a joined line, without repeated vertices, in order of its first vertex (x, then y). An open
 * line begins at the smaller of its ends, a closed one at its smallest vertex and runs counter-clockwise, so the same
 * lines give the same result however they were digitised. */
sund_code sund_line_join(sund_ctx *ctx, const sund_shapes *lines, sund_shapes **out);

/* ----------------------------------------------------------------------------------------------------- overlay */

/* Third party: GEOS, in geo/overlay*.c only. */

/* What repairing did to a row. */
typedef struct sund_repair {
  size_t row;
  double area_before; /* signed sum of rings as given, m2 in the map plane */
  double area_after;  /* m2 in the map plane                               */
  double x, y;        /* where it was wrong                                */
  const char *reason; /* as GEOS says it, e.g. "Self-intersection"         */
} sund_repair;

/* Copies areas with every invalid row repaired by GEOS' structure method; repairs: one per row that was invalid, in
 * row order. Valid rows keep their vertices. A row that repairs to nothing becomes empty. */
sund_code sund_overlay_valid(sund_ctx *ctx, const sund_shapes *areas, sund_shapes **out, sund_repair **repairs,
                             size_t *repair_count);

/* Merges areas that touch, overlap, or lie at most `gap` map metres apart, if they have the same `group` number.
 * out: one row per merged area, in the order of its first member. merged_of: rows of `areas`, the merged row, or
 * SIZE_MAX for rows that are empty or whose group is negative (left out). Overlap counts once. */
sund_code sund_overlay_merge(sund_ctx *ctx, const sund_shapes *areas, const int32_t *group, double gap,
                             sund_shapes **out, size_t *merged_of);

/* The same without merging: cluster_of, rows: the number of what each row hangs together with, or SIZE_MAX. */
sund_code sund_overlay_cluster(sund_ctx *ctx, const sund_shapes *areas, const int32_t *group, double gap,
                               size_t *cluster_of);

/* Pieces of a (lines or areas) inside b (areas): one row per pair that meets with positive length or area, ordered
 * by a then b. a_of, b_of: the rows each piece comes from. What lies wholly inside is copied as it stands; lines that
 * are cut come back on a grid of 1 mm and in any direction, areas thinner than 1 mm count as touching. */
sund_code sund_overlay_intersect(sund_ctx *ctx, const sund_shapes *a, const sund_shapes *b, sund_shapes **out,
                                 size_t **a_of, size_t **b_of);

/* a (lines or areas) without what b (areas) covers; rows stay as they are, some may be empty. */
sund_code sund_overlay_subtract(sund_ctx *ctx, const sund_shapes *a, const sund_shapes *b, sund_shapes **out);

/* All areas dissolved into one row (several outer rings). */
sund_code sund_overlay_dissolve(sund_ctx *ctx, const sund_shapes *areas, sund_shapes **out);

/* Every row grown by `metres` of the map plane, round corners, 8 segments a quadrant. */
sund_code sund_overlay_buffer(sund_ctx *ctx, const sund_shapes *shapes, double metres, sund_shapes **out);

/* Outer boundary of the areas' union, without the borders the areas share: where two areas lie within `gap` of each
 * other their borders are not shore. One row per closed ring, land on its left, in order of its first vertex (x, then
 * y). Holes of the union are lakes or slivers and no shore; rings whose area is below min_area are left out. */
sund_code sund_overlay_shore(sund_ctx *ctx, const sund_shapes *areas, double gap, double min_area, sund_shapes **out);

/* ------------------------------------------------------------------------------------------------------- index */

/* Rows of n points in their order along a Hilbert curve: what is near on the map is near in the order. Equal places by
 * row; what is not finite lies at an edge. order: n, the caller's. */
sund_code sund_hilbert_order(sund_ctx *ctx, size_t n, const double *x, const double *y, size_t *order);

/* Packed Hilbert R-tree over boxes, built once, read by any number of threads. */
typedef struct sund_index sund_index;
/* boxes: 4 * n values, min x, min y, max x, max y. */
sund_code sund_index_build(sund_ctx *ctx, size_t n, const double *boxes, sund_index **out);
/* Calls visit for every item whose box meets `box`, in no useful order, until it returns false. */
void sund_index_search(const sund_index *index, const double box[4], bool (*visit)(size_t item, void *data),
                       void *data);
/* The item nearest to (x, y) by distance(item, x, y, data), at most `limit` (inclusive); boxes must bound the
 * distance from below in map metres. Equal distances: the smallest item. SIZE_MAX when there is none; *metres is the
 * distance. A negative or NAN distance leaves the item out. */
size_t sund_index_nearest(const sund_index *index, double x, double y, double limit,
                          double (*distance)(size_t item, double x, double y, void *data), void *data,
                          double *metres);

/* Index over the segments of lines or areas. item i is the segment from vertex segment[i] to segment[i] + 1. */
typedef struct sund_segments {
  const sund_shapes *shapes; /* borrowed                          */
  size_t count;
  size_t *segment; /* count: first vertex               */
  size_t *row;     /* count: the row it belongs to      */
  sund_index *index;
  struct inside *inside; /* areas only, else NULL: private to geo/segments.c, which row holds a point */
} sund_segments;
sund_code sund_segments_build(sund_ctx *ctx, const sund_shapes *shapes, sund_segments **out);
/* The smallest row of areas with accept[row] not 0 (accept NULL = all) that holds the point, holes respected, or
 * SIZE_MAX. A point exactly on a boundary may be either. Does not slow down with the length of the boundary. */
size_t sund_segments_inside(const sund_segments *segments, double x, double y, const uint8_t *accept);
/* Nearest row whose accept[row] is not 0 (accept NULL = all) and the nearest point on it; areas contain their inside
 * when `filled`: a point inside has distance 0. Map metres, inclusive limit. Returns the row or SIZE_MAX. */
size_t sund_segments_nearest(const sund_segments *segments, double x, double y, double limit, const uint8_t *accept,
                             bool filled, double *near_x, double *near_y, double *metres);

/* ------------------------------------------------------------------------------------------------------- graph */

/* In all functions of the network `ground` may be NULL: metres are then those of the plane. */

/* A street and path network. Arcs out of node v: first_out[v] .. first_out[v+1]-1. An edge is drawn once, from
 * edge_from to edge_to along its geometry, and gives an arc each way. */
typedef struct sund_graph {
  size_t nodes;
  size_t edges;
  double *x, *y;       /* nodes, map metres                                   */
  size_t *first_out;   /* nodes + 1                                           */
  uint32_t *head;      /* 2 * edges: node the arc leads to                    */
  uint32_t *arc_edge;  /* 2 * edges: edge of the arc                          */
  double *arc_m;       /* 2 * edges: ground metres                            */
  uint32_t *edge_from; /* edges: node                                         */
  uint32_t *edge_to;   /* edges: node                                         */
  double *edge_m;      /* edges: ground metres                                */
  size_t *edge_line;   /* edges: row of the lines it was cut from             */
  int32_t *edge_level; /* edges: level of that line                           */
  uint32_t *component; /* nodes: number of its connected component            */
  size_t components;
  double *component_m;     /* components: total length of its edges, ground metres */
  sund_shapes *shape;      /* edges as lines, one part each                       */
  sund_segments *segments; /* index over shape                                  */
} sund_graph;

/* What joining did, for findings. */
typedef struct sund_join_report {
  size_t lines;          /* rows given                                          */
  size_t crossings;      /* places where lines of one level were cut            */
  size_t snapped_ends;   /* line ends moved onto a node or line nearby          */
  size_t near_misses;    /* ends left loose between tolerance and 3 * tolerance of another line */
  double near_x, near_y; /* one of them; NAN when there is none                 */
  size_t dropped;        /* edges shorter than 1 mm left out                    */
} sund_join_report;

/* Network from lines: lines are cut where they cross or touch at the same level; ends join nodes and lines within
 * `tolerance` ground metres whatever the level. level: rows of `lines` or NULL (all 0). length_m: rows of `lines` or
 * NULL; a finite value is the length of the whole line, shared out along it, instead of the drawn length.
 * keep: rows or NULL: rows with 0 are left out. Same result for any number of threads. */
sund_code sund_graph_join(sund_ctx *ctx, const sund_shapes *lines, const int32_t *level, const double *length_m,
                          const uint8_t *keep, double tolerance, const sund_ground *ground, sund_graph **out,
                          sund_join_report *report);

/* A place on an edge. */
typedef struct sund_spot {
  uint32_t edge;  /* UINT32_MAX = none                                      */
  float pad;      /* unused, 0                                              */
  double along_m; /* ground metres from edge_from along the edge            */
  double leg_m;   /* ground metres from the point to the edge, off the network */
} sund_spot;
#define SUND_NO_EDGE UINT32_MAX

/* Puts n points on their nearest edge, at most `limit` ground metres away (inclusive). accept: edges, 0 = not to be
 * used, or NULL. spots: n, the caller's. Runs on the context's threads. */
sund_code sund_graph_snap(sund_ctx *ctx, const sund_graph *graph, const sund_ground *ground, size_t n,
                          const double *x, const double *y, double limit, const uint8_t *accept, sund_spot *spots);
/* The same on the nearest node, with no access leg (leg_m = 0): what tools do that snap to nodes. */
sund_code sund_graph_snap_nodes(sund_ctx *ctx, const sund_graph *graph, const sund_ground *ground, size_t n,
                                const double *x, const double *y, double limit, const uint8_t *accept,
                                sund_spot *spots);

/* Entrances: places where the network meets areas. */
typedef struct sund_entrances {
  size_t count;
  sund_spot *spot; /* count                                                  */
  size_t *area;    /* count: row of the areas                                */
  uint8_t *rule;   /* count: 0 = path meets the boundary, 1 = boundary near a path, 2 = open ground beside a path */
  double *x, *y;   /* count: the point on the boundary, map metres           */
} sund_entrances;

/* Entrances of every area (rows with accept 0 left out): where an edge of level 0 meets the boundary (rule 0); for an
 * area that has none, boundary points, at least every `spacing` metres, within `reach` ground metres of an edge of
 * level 0, with the leg added (rule 1). Where accept is 2 the area is open ground: such points count beside the others
 * (rule 2). Ordered by area, then edge, then along. */
sund_code sund_graph_entrances(sund_ctx *ctx, const sund_graph *graph, const sund_ground *ground,
                               const sund_shapes *areas, const uint8_t *accept, double reach, double spacing,
                               sund_entrances **out);

/* Ground metres along the network from each of n spots to the nearest of the sources (legs of both added), NAN when
 * none can be reached within `limit` (INFINITY = anywhere). nearest: n, index of that source, SIZE_MAX when none.
 * Exact on edges: spots and sources may lie anywhere along them, also on the same edge. One Dijkstra sweep from all
 * sources. use: sources, 0 = left out, or NULL. Equal distances: the smallest source. */
sund_code sund_route_nearest(sund_ctx *ctx, const sund_graph *graph, size_t sources, const sund_spot *source,
                             const uint8_t *use, double limit, size_t n, const sund_spot *spots, double *metres,
                             size_t *nearest);

/* ------------------------------------------------------------------------------------------------------- reach */

/* What can be reached from where. Three ways of measuring, one form of answer: along the network (sund_route_...), by
 * straight line (sund_straight_...), over land around water (sund_overland_...). All metres are on the ground, limits
 * are inclusive, INFINITY = anywhere, equal distances go to the smaller number. Results do not depend on threads. */

/* Places asked for: areas, or points. Inside an area the distance is 0. */
typedef struct sund_places {
  size_t rows;
  const sund_shapes *areas; /* rows; NULL when the places are points */
  const double *x, *y;      /* rows; NULL when they are areas        */
  const uint8_t *accept;    /* rows: 0 = not asked for; NULL = all   */
} sund_places;

/* Who is within reach of each place: place r reaches the points to[first[r]] .. to[first[r + 1] - 1], in rising order,
 * each once, metres[k] away. */
typedef struct sund_pairs {
  size_t rows;
  size_t *first;  /* rows + 1        */
  uint32_t *to;   /* first[rows]     */
  double *metres; /* first[rows]     */
} sund_pairs;

/* A way as it is gone. */
typedef struct sund_way {
  double metres;   /* legs included; NAN = there is none */
  size_t vertices; /* of the line, map metres            */
  double *x, *y;
  size_t edges;   /* network only: edges in order       */
  uint32_t *edge; /* edges                              */
} sund_way;

/* The `k` nearest groups of sources for each of n spots (the entrances of one green area are a group): group[s] is the
 * group of source s. metres, nearest: n * k, nearest group first, NAN and SIZE_MAX where there are fewer than k within
 * the limit; nearest holds the source. With k = 1 the answer of sund_route_nearest. */
sund_code sund_route_ranked(sund_ctx *ctx, const sund_graph *graph, size_t sources, const sund_spot *source,
                            const uint8_t *use, const size_t *group, double limit, size_t k, size_t n,
                            const sund_spot *spots, double *metres, size_t *nearest);

/* Spots within `limit` of each of `groups` groups of sources, both legs included. One bounded search a group. */
sund_code sund_route_pairs(sund_ctx *ctx, const sund_graph *graph, size_t sources, const sund_spot *source,
                           const uint8_t *use, const size_t *group, size_t groups, double limit, size_t n,
                           const sund_spot *spots, sund_pairs **out);

/* The shortest way between two spots along the network, from the first to the second, without the legs' lines (their
 * metres are counted). */
sund_code sund_route_way(sund_ctx *ctx, const sund_graph *graph, const sund_spot *from, const sund_spot *to,
                         sund_way *out);

/* The `k` nearest places by straight line for each of n points. metres, row: n * k as above. near_x, near_y: n * k, the
 * point of the place that is nearest, or NULL. */
sund_code sund_straight_ranked(sund_ctx *ctx, const sund_places *places, const sund_ground *ground, double limit,
                               size_t k, size_t n, const double *x, const double *y, double *metres, size_t *row,
                               double *near_x, double *near_y);
sund_code sund_straight_pairs(sund_ctx *ctx, const sund_places *places, const sund_ground *ground, double limit,
                              size_t n, const double *x, const double *y, sund_pairs **out);

/* Ground on which water is in the way. */
typedef struct sund_overland sund_overland;

/* water: areas that cannot be crossed, in any number, overlapping or not; everything else is land, also beyond them, so
 * the water must reach as far as ways may go. bridges: lines that lead over water, or NULL. shore_m: a point in the water at most this far from land starts at the nearest land, the way over added; one
 * farther out reaches nothing. */
sund_code sund_overland_build(sund_ctx *ctx, const sund_shapes *water, const sund_shapes *bridges,
                              const sund_ground *ground, double shore_m, sund_overland **out);

/* The shortest ways over land to the `k` nearest places: the straight line where no water lies in between, else bent
 * around the water's corners (shortest path among polygonal obstacles by the visibility graph, Lozano-Perez and Wesley
 * 1979) and over bridges. A place is reached where the way first touches it; one that lies in water at most shore_m
 * from land is reached from there, the way over added. Touching the water's edge is allowed. Never less than the
 * straight line; adding water never makes a way shorter. metres, row: n * k as above. near_x, near_y: n * k, where the
 * place is reached, or NULL. */
sund_code sund_overland_ranked(sund_ctx *ctx, const sund_overland *overland, const sund_places *places, double limit,
                               size_t k, size_t n, const double *x, const double *y, double *metres, size_t *row,
                               double *near_x, double *near_y);
sund_code sund_overland_pairs(sund_ctx *ctx, const sund_overland *overland, const sund_places *places, double limit,
                              size_t n, const double *x, const double *y, sund_pairs **out);

/* The shortest way over land from one point to another, at most `limit` ground metres long: its corners. */
sund_code sund_overland_way(sund_ctx *ctx, const sund_overland *overland, double from_x, double from_y, double to_x,
                            double to_y, double limit, sund_way *out);

/* Which of n points lie in the water farther than shore_m from land: lost[i] = 1. n, the caller's. */
sund_code sund_overland_lost(sund_ctx *ctx, const sund_overland *overland, size_t n, const double *x, const double *y,
                             uint8_t *lost);

/* ----------------------------------------------------------------------------------------------------- streets */

/* What a network source that keeps its own nodes (OpenStreetMap) knows beyond the drawn lines. */
typedef struct sund_turn {
  bool only;       /* only this way on may be taken; else it must not                                */
  unsigned modes;  /* bits 1 << sund_mode it holds for                                               */
  size_t from, to; /* rows of the lines                                                              */
  size_t via_rows; /* 0 = via a node                                                                 */
  size_t *via;     /* via_rows: rows of the lines between, in order                                  */
  int64_t node;    /* the via node; with via rows the node where `from` meets the first of them       */
} sund_turn;
typedef struct sund_topology {
  int64_t *node; /* vertices of the lines: id of the node in the source; SUND_NULL_INT = none, joined by geometry */
  size_t turns;
  sund_turn *turn;
} sund_topology;
/* What is known of rows that were picked or joined as sund_shapes_pick and sund_shapes_join do it: nodes go along, turns
 * name the new rows; a turn with a row that was not picked is left out. *out NULL when there is none. topology[i] may be
 * NULL. */
sund_code sund_topology_pick(sund_ctx *ctx, const sund_shapes *from, const sund_topology *topology, size_t count,
                             const size_t *row, sund_topology **out);
sund_code sund_topology_join(sund_ctx *ctx, size_t count, const sund_shapes *const *from,
                             const sund_topology *const *topology, sund_topology **out);

typedef enum sund_mode { SUND_WALK, SUND_BIKE, SUND_CAR, SUND_TRANSIT, SUND_MODES } sund_mode;

/* Network of a table of lines: rows with node ids (table->topology) meet where they share a node and nowhere else; all
 * others go through sund_graph_join; the two do not touch. keep, length_m, tolerance, ground: as there. Rows with node ids
 * of equal level and equal `alike` number (rows; NULL = never) that meet end to end at a node of two become one edge,
 * geometry kept, drawn as its line is: the smallest row of them. alike >= 0: only where one goes on as the other was
 * drawn (a one-way street); alike < 0: also where they were drawn against each other; INT32_MIN: never. Rows that a turn
 * names are never made one with others: an edge's line is what turns call it, and via nodes stay nodes. */
typedef struct sund_network_ask {
  const sund_table *lines;
  const int32_t *level;   /* rows or NULL        */
  const double *length_m; /* rows or NULL        */
  const uint8_t *keep;    /* rows or NULL        */
  const int32_t *alike;   /* rows or NULL        */
  double tolerance;       /* ground metres       */
} sund_network_ask;
sund_code sund_graph_network(sund_ctx *ctx, const sund_network_ask *ask, const sund_ground *ground, sund_graph **out,
                             sund_join_report *report);

/* Time is counted in whole units of unit_s seconds. Not reached, or beyond the limit: */
#define SUND_BEYOND UINT32_MAX

/* The streets of one mode: a graph with a time for every edge and direction, turns that are not allowed taken out by
 * doubling nodes. A way begins and ends at spots (sund_spot): the leg off the network is added on both sides. */
typedef struct sund_streets sund_streets;
typedef struct sund_streets_spec {
  const sund_graph *graph;  /* borrowed, lives as long as the streets                              */
  double unit_s;            /* seconds a unit: a power of two                                     */
  const double *forward_s;  /* edges: seconds from edge_from to edge_to; NAN = not allowed          */
  const double *backward_s; /* edges: seconds from edge_to to edge_from; NAN = not allowed          */
  double leg_s_m;           /* seconds a metre off the network                                      */
  size_t turns;             /* of `turn` those that name rows of lines in the graph are used        */
  const sund_turn *turn;
  sund_mode mode;                /* turns of other modes are passed over                                 */
  const sund_topology *topology; /* node ids of the lines, for via nodes; NULL = no turns            */
  const sund_shapes *lines;      /* the lines the graph was made of                                     */
} sund_streets_spec;
/* Times are rounded to the nearest unit, edge by edge. turns_used, turns_lost (may be NULL): how many turns were built in,
 * how many name lines or nodes that do not meet. */
sund_code sund_streets_build(sund_ctx *ctx, const sund_streets_spec *spec, sund_streets **out, size_t *turns_used,
                             size_t *turns_lost);
size_t sund_streets_nodes(const sund_streets *streets); /* doubled nodes included */
/* Edges that may be used to begin or end at: those in a strongly connected part (one can go and come back) whose edges are
 * together at least least_m long. part: edges: number of their part, UINT32_MAX = none; the caller's, or NULL. accept:
 * edges, 1 or 0, the caller's. parts_small: how many smaller parts there are; may be NULL. */
sund_code sund_streets_parts(sund_ctx *ctx, const sund_streets *streets, double least_m, uint8_t *accept,
                             uint32_t *part, size_t *parts_small);

/* Contraction hierarchy (Geisberger, Sanders, Schultes and Delling 2008, 2012): made once, then trees from many spots are
 * swept in lanes (PHAST: Delling, Goldberg, Nowatzyk and Werneck 2011, 2013). Answers stay the same to the unit. */
sund_code sund_streets_contract(sund_ctx *ctx, sund_streets *streets);

/* What a tree reaches, as its visitor sees it; gone after the visit. */
typedef struct sund_tree {
  size_t source;
  const uint32_t *units;    /* targets: both legs included; SUND_BEYOND                             */
  const double *metres;     /* targets: of that way, both legs included, NAN = beyond; or NULL       */
  const uint32_t *node;     /* nodes of the graph: without a leg there; or NULL                      */
  size_t reached;           /* of `reaching`                                                         */
  const uint32_t *reaching; /* targets that are not SUND_BEYOND, in no order; NULL = not listed (swept) */
} sund_tree;
typedef struct sund_trees_ask {
  bool backward; /* ways to the sources instead of from them            */
  size_t sources;
  const sund_spot *source; /* SUND_NO_EDGE: reaches nothing                       */
  size_t targets;
  const sund_spot *target;
  uint32_t limit; /* units, inclusive; SUND_BEYOND - 1 = anywhere        */
  bool metres;    /* wanted; of equally fast ways the shorter one        */
  bool nodes;     /* wanted                                              */
} sund_trees_ask;
/* Called in threads, in any order: visit writes only what belongs to its source. */
typedef sund_code (*sund_tree_fn)(sund_ctx *worker, const sund_tree *tree, void *data);
/* One tree a source: bounded searches (Dijkstra 1959 with buckets, Dial 1969), or, when there is a hierarchy and neither
 * metres nor nodes are wanted, sweeps in lanes: of 16 bits for limits below 65,535, of 32 bits for limits below UINT32_MAX
 * / 2. The same answers to the unit any way. */
sund_code sund_streets_trees(sund_ctx *ctx, const sund_streets *streets, const sund_trees_ask *ask,
                             sund_tree_fn visit, void *data);
/* The nearest in time over several sources that begin at units of their own (stops of a ride): out: nodes of the graph,
 * and targets; each may be NULL. start: sources, SUND_BEYOND = left out. */
sund_code sund_streets_spread(sund_ctx *ctx, const sund_streets *streets, const sund_trees_ask *ask,
                              const uint32_t *start, uint32_t *node, uint32_t *target);
/* The way itself: metres, line, edges; units: its time, SUND_BEYOND and no vertex when there is none. */
sund_code sund_streets_way(sund_ctx *ctx, const sund_streets *streets, const sund_spot *from, const sund_spot *to,
                           sund_way *out, uint32_t *units);

/* --------------------------------------------------------------------------------------------------- departures */

/* Departures of a window: `count` of them, one every step_s seconds from depart_s on (seconds after midnight). Lane m is
 * the m-th. */
typedef struct sund_lanes {
  int32_t depart_s;
  int32_t step_s;
  size_t count;
} sund_lanes;
/* The part of a headway, over 0 to 1, that lane m waits for a service known by its headway only. Over the lanes of a
 * window the parts of one service are 1/count, 2/count ... 1 in an order of its own (a Latin hypercube: McKay, Beckman and
 * Conover 1979), half a lane less when count is odd: nearest-rank percentiles of one wait are those of the uniform law where
 * they fall on a lane, the median always. Waits for two services are spread as if independent. No chance is involved: the order is a digest of the service's number. */
double sund_lane_wait(const sund_lanes *lanes, size_t service, size_t lane);
/* The percentile (0 < percent <= 100) by nearest rank: the ceil(percent / 100 * count)-th smallest. scratch: count values
 * of the caller's. SUND_BEYOND counts as the largest. */
uint32_t sund_lanes_percentile(size_t count, const uint32_t *value, double percent, uint32_t *scratch);
/* Waits left out: of lanes that arrive at the same moment the traveller takes the last departure. value: units from the
 * departure of each lane to the arrival; step: units between two departures; planned: count, the caller's. The last lanes
 * of the window keep what they have. */
void sund_lanes_planned(size_t count, const uint32_t *value, uint32_t step, uint32_t *planned);

/* -------------------------------------------------------------------------------------------------------- gates */

/* A ferry, bridge or tunnel between two shores, for one mode, in units. Ends: 2 g is where gate g begins, 2 g + 1 where
 * it ends. */
typedef struct sund_gate {
  uint32_t crossing;       /* time on it, border included                                                          */
  uint32_t board;          /* to be there before it leaves                                                          */
  uint32_t headway;        /* 0 = none: by `times`, or always open when there are none                              */
  size_t times[2];         /* departures from end 0, from end 1; sorted                                             */
  const uint32_t *time[2]; /* units after midnight; those of the next day are added by whoever fills this       */
  bool back;               /* may be used from end 1 to end 0 too                                                   */
  size_t service; /* its number for sund_lane_wait                                                          */
} sund_gate;
/* Units from lane m's departure to the exit of a gate entered from end `side` (0, 1) `before` units after that
 * departure; SUND_BEYOND after the last sailing. unit_s as in the streets. */
uint32_t sund_gate_pass(const sund_gate *gate, int side, const sund_lanes *lanes, double unit_s, size_t lane,
                        uint32_t before, bool no_wait);

/* What one origin reaches through gates. to_end: 2 gates: units from the origin to each end without any gate;
 * between[a * 2 gates + b]: from end a to end b without any gate; SUND_BEYOND = no way. out: 2 gates x lanes: units from
 * lane m's departure until one stands at end e having come through its gate, gates in any number and order; with
 * no_first_wait the first gate of each way leaves when one comes. Exact: earliest arrival, waiting is never worth it. */
typedef struct sund_gates_ask {
  size_t gates;
  const sund_gate *gate;
  const sund_lanes *lanes;
  double unit_s;
  const uint32_t *to_end, *between;
  uint32_t limit; /* inclusive */
  bool no_first_wait;
} sund_gates_ask;
sund_code sund_gates_reach(sund_ctx *ctx, const sund_gates_ask *ask, uint32_t *out);
/* The percentile over the lanes of min(direct, at_end[e] + from_end[e][t]) for n targets: direct: n; at_end: ends x lanes
 * as above; from_end[e]: n units from end e, without a gate. out: n, SUND_BEYOND above the limit. through: n: the end most
 * lanes come through, UINT8_MAX = direct; or NULL. On threads. */
typedef struct sund_gates_join {
  size_t ends, lanes, n;
  const uint32_t *direct;
  const uint32_t *at_end;
  const uint32_t *const *from_end;
  uint32_t limit;
  double percent;
  uint32_t planned_step; /* 0 = random departures; else units between departures: waits left out first */
} sund_gates_join;
sund_code sund_gates_times(sund_ctx *ctx, const sund_gates_join *ask, uint32_t *out, uint8_t *through);

/* ---------------------------------------------------------------------------------------------------- timetable */

/* What a timetable is made of: the trips of the days asked about, in seconds after midnight of the day of departure
 * (below 0: the day before; above 86,400: after midnight). */
typedef struct sund_trips {
  size_t trips;
  size_t *first;      /* trips + 1: events of a trip, in order                                           */
  uint32_t *stop;     /* events                                                                          */
  int32_t *arrive_s;  /* events                                                                          */
  int32_t *depart_s;  /* events                                                                          */
  uint8_t *use;       /* events: bits 1 = one may board, 2 = one may alight; NULL = both                 */
  uint32_t *route;    /* trips: number of the route, for telling                                         */
  uint32_t *name;     /* trips: number of the trip in the feed, for telling; or NULL                     */
  int32_t *headway_s; /* trips: 0 = as stated; else a trip leaves every headway_s seconds, at no stated time, from
                         begin_s until (not at) end_s at its first stop; its events are then relative to that stop's
                         departure. 1 = one is always there: no wait at all. NULL = none such */
  int32_t *begin_s, *end_s;
  uint32_t *service; /* trips with a headway: number for sund_lane_wait, UINT32_MAX = made of its calls; or NULL */
} sund_trips;
/* Links between stops: changing within a stop (from = to) and walking between two. */
typedef struct sund_links {
  size_t count;
  uint32_t *from, *to;
  int32_t *seconds;
  uint8_t
      *change_only; /* 1 = between two rides only, not before the first nor after the last; NULL = links of a stop to
                           itself are, others are not */
} sund_links;

/* Trips in patterns: those of a pattern call at the same stops, and none overtakes another, so that the next to come is
 * the best to take; trips that overtake stand in patterns of their own. */
typedef struct sund_timetable sund_timetable;
sund_code sund_timetable_build(sund_ctx *ctx, size_t stops, const sund_trips *trips, const sund_links *links,
                               sund_timetable **out);
typedef struct sund_timetable_facts {
  size_t stops, patterns, trips, events, links, headways, overtaking; /* overtaking: patterns made because of it */
} sund_timetable_facts;
void sund_timetable_told(const sund_timetable *timetable, sund_timetable_facts *out);

/* A stop that can be reached from an origin, and in how many seconds. */
typedef struct sund_access {
  uint32_t stop;
  uint32_t seconds;
} sund_access;
typedef struct sund_rides_ask {
  const sund_lanes *lanes;
  uint32_t limit_s;   /* from departure, inclusive                                             */
  uint32_t slack_s;   /* to be at a stop before boarding, at every boarding                    */
  size_t rides;       /* at most                                                               */
  bool no_first_wait; /* services known by headway come when one does, for the first ride      */
} sund_rides_ask;
/* Earliest arrivals for every departure of a window (range RAPTOR: Delling, Pajor and Werneck 2015). A stop without a link
 * to itself is changed at in 0 seconds. arrive: stops x lanes, the caller's: seconds from the lane's departure until one
 * has left the last ride (a link to another stop after it included, and links before the first), SUND_BEYOND; stops
 * that are only walked to have SUND_BEYOND. stop s's lanes are arrive[s * lanes] .. A state is used by one thread at a
 * time. */
typedef struct sund_rider sund_rider;
sund_code sund_rider_open(sund_ctx *ctx, const sund_timetable *timetable, const sund_rides_ask *ask,
                          sund_rider **out);
sund_code sund_rider_ride(sund_rider *rider, size_t count, const sund_access *access, uint32_t *arrive);
/* Of the last ride, whose `arrive` may be NULL then: the stops that are reached in some lane, rising, and the lanes of one
 * stop. Where few stops are within the limit this saves writing all others. */
size_t sund_rider_reached(const sund_rider *rider, const uint32_t **stop);
void sund_rider_lanes(const sund_rider *rider, uint32_t stop, uint32_t *arrive);
/* The journey of one lane to a stop: its rides in order. */
typedef struct sund_leg {
  size_t trip;                /* of the trips the timetable was built from                        */
  uint32_t board, alight;     /* stops                                                             */
  int32_t depart_s, arrive_s; /* seconds after midnight                                         */
  int32_t waited_s;           /* before it                                                         */
  int32_t linked_s;           /* spent on a link before it                                          */
} sund_leg;
sund_code sund_rider_journey(sund_ctx *ctx, sund_rider *rider, size_t count, const sund_access *access, size_t lane,
                             uint32_t stop, size_t *legs, sund_leg **out);

/* ---------------------------------------------------------------------------------------------------- isochrone */

/* What is reached, as areas on a lattice: along the parts of edges that are reached in time, and off them as far as the
 * rest of the time carries at leg_s_m seconds a metre, at most leg_m, never over water. */
typedef struct sund_isochrone_ask {
  const sund_graph *graph;
  const sund_ground *ground;
  const double *forward_s, *backward_s; /* edges: as in the streets                                     */
  double unit_s;
  const uint32_t *node;    /* nodes of the graph: units; SUND_BEYOND                                       */
  const sund_spot *origin; /* where it began, or NULL: its own edge is partly reached                   */
  double leg_s_m, leg_m;
  double cell_m;            /* side of the lattice's cells                                               */
  const sund_shapes *water; /* not entered, or NULL                                                      */
  size_t limits;
  const uint32_t *limit; /* units, rising                                                                */
} sund_isochrone_ask;
/* out: limits rows, each with the area reached within that limit (none may be empty of what a smaller one holds). */
sund_code sund_isochrone(sund_ctx *ctx, const sund_isochrone_ask *ask, sund_shapes **out);

/* ------------------------------------------------------------------------------------------------------ markets */

/* Commuting flows between n units: persons that live in unit i and work in unit j, row by row: flow[i * n + j]. */
typedef struct sund_flows {
  size_t n;
  const double *flow;
} sund_flows;
/* The rule of Statistics Sweden for local labour markets: a unit is a centre when at most total_share of its employed
 * residents work elsewhere and at most single_share in any one other unit; every other unit follows the one most of them
 * go to; rings and chains of more than two links are cut at the smallest share. market: n: the unit that leads its market.
 * follows: n: the unit it follows, SIZE_MAX = a centre; or NULL. cut: n: 1 = the chain was cut there: it follows no
 * longer; or NULL. */
typedef struct sund_scb_rule {
  double total_share, single_share; /* 0.20, 0.075, inclusive */
  const double *residents;          /* n: persons the shares are of; NULL = the sum of the row */
} sund_scb_rule;
sund_code sund_markets_scb(sund_ctx *ctx, const sund_flows *flows, const sund_scb_rule *rule, size_t *market,
                           size_t *follows, uint8_t *cut);
/* Self-containment: Coombes and Bond 2008, Travel-to-Work Areas, as read by Franconi and others 2017 (LabourMarketAreas):
 * clusters that fail are dissolved, worst first, their members given to the cluster they hang together with most, by
 * decreasing residents. Sizes are employed residents. market: n: its leading unit (largest), SIZE_MAX = left over. */
typedef struct sund_containment_rule {
  double min_size, min_containment, target_size, target_containment;
} sund_containment_rule;
sund_code sund_markets_containment(sund_ctx *ctx, const sund_flows *flows, const sund_containment_rule *rule,
                                   size_t *market);
/* Validity of a cluster, 0 to 1; it passes with min_containment / target_containment or more. containment: the smaller of
 * the shares of its residents who work in it and of its workers who live in it. */
double sund_containment_validity(const sund_containment_rule *rule, double size, double containment);
/* Greedy joining (INSEE's Anabel; Terrier 1980): the unit with the largest share of its employed residents working in one
 * other joins that one, and the two are one unit from then on; until no share reaches min_share. market: n. */
typedef struct sund_greedy_rule {
  double centre_size;    /* units of at least as many employed residents join nobody */
  double min_share;      /* smaller shares count as none                             */
  const uint8_t *centre; /* n: 1 = joins nobody; or NULL                             */
  const uint8_t *beside; /* n * n: 1 = neighbours, which alone may join; NULL = all  */
} sund_greedy_rule;
sund_code sund_markets_greedy(sund_ctx *ctx, const sund_flows *flows, const sund_greedy_rule *rule, size_t *market);

/* Doubly constrained gravity model: flow[i * n + j] = a_i b_j out_i in_j deterrence[i * n + j] with rows adding up to out and
 * columns to in (Wilson 1971), by iterative proportional fitting (Deming and Stephan 1940) until every margin is within
 * 1e-9 of its sum. deterrence: not negative. SUND_DATA when the sums of out and in differ by more than 1e-9 of them, or a
 * margin can have no flow. flow: n * n, the caller's. */
sund_code sund_gravity_fit(sund_ctx *ctx, size_t n, const double *out_of, const double *in_of,
                           const double *deterrence, double *flow);
/* How minutes and the border hold people back, from observed flows: Poisson regression of the flows with an origin and a
 * destination effect, log deterrence = -beta * minutes - log(factor) * across (Flowerdew and Aitkin 1982). Pairs whose
 * minutes are NAN are left out. se: standard errors of beta and log(factor), robust to overdispersion. */
typedef struct sund_gravity_estimate {
  double beta, beta_se;         /* per minute                                              */
  double factor, log_factor_se; /* the border divides flows by it; NAN when no pair is across */
  size_t pairs;
} sund_gravity_estimate;
sund_code sund_gravity_estimate_fit(sund_ctx *ctx, const sund_flows *flows, const double *minutes,
                                    const uint8_t *across, sund_gravity_estimate *out);

/* ------------------------------------------------------------------------------------------------------- cells */

/* Where the cells of a raster lie: cell (column, row) has its centre at x0 + (column + 0.5) * dx,
 * y0 - (row + 0.5) * dy, north row first. In the raster's own CRS, which need not be the analysis CRS. */
typedef struct sund_lattice {
  size_t columns, rows;
  double x0, y0; /* upper left (north-west) corner, map metres */
  double dx, dy; /* cell size, map metres, both positive       */
} sund_lattice;

/* A part of a lattice. Values of its cells stand row by row, columns * rows of them. */
typedef struct sund_window {
  size_t column, row;   /* upper left cell */
  size_t columns, rows; /* size            */
} sund_window;

typedef struct sund_cell {
  uint32_t column, row;
} sund_cell;

/* A growing list of cells; begins with zeros. */
typedef struct sund_cell_list {
  size_t count, room;
  sund_cell *cell;
} sund_cell_list;
sund_code sund_cell_add(sund_ctx *ctx, sund_cell_list *list, sund_cell cell);

/* The cell that holds a point; false when it lies outside. A point on an edge between two belongs to the east and south. */
bool sund_lattice_cell(const sund_lattice *lattice, double x, double y, sund_cell *out);
/* The centre of a cell. */
void sund_lattice_centre(const sund_lattice *lattice, sund_cell cell, double *x, double *y);

/* Areas made ready to be asked cell by cell: which cells have their centre inside? */
typedef struct sund_cells sund_cells;
sund_code sund_cells_prepare(sund_ctx *ctx, const sund_shapes *areas, const sund_lattice *lattice, sund_cells **out);
/* row: the smallest row of the areas that holds the cell's centre, UINT32_MAX = none; window cells, the caller's. Holes
 * are respected; of two areas that share a border exactly one holds a centre on it. Scratch memory from ctx; any number
 * of threads may ask, each with its own context. */
sund_code sund_cells_rows(sund_ctx *ctx, const sund_cells *cells, const sund_window *window, uint32_t *row);
/* The same as 0 or 1 a cell. */
sund_code sund_cells_mark(sund_ctx *ctx, const sund_cells *cells, const sund_window *window, uint8_t *mark);

/* How a line becomes cells. */
typedef enum sund_pen {
  SUND_THIN, /* 8-connected: consecutive cells share an edge or a corner (Bresenham 1965)            */
  SUND_TIGHT /* 4-connected: consecutive cells share an edge, so that nothing slips through diagonally */
} sund_pen;
/* Appends the cells a line runs through, in order along it, none twice in a row; what lies outside is left out. */
sund_code sund_cells_line(sund_ctx *ctx, const sund_lattice *lattice, size_t n, const double *x, const double *y,
                          sund_pen pen, sund_cell_list *out);
/* Appends the cells whose centre lies within `metres` (map metres, inclusive) of the line, each once, row by row. */
sund_code sund_cells_band(sund_ctx *ctx, const sund_lattice *lattice, size_t n, const double *x, const double *y,
                          double metres, sund_cell_list *out);
/* Appends the cells of a footprint: those whose centre lies in row `row` of the areas, or within `metres` of it; when
 * there is none, the cell that holds a point inside it. Each once, row by row. */
sund_code sund_cells_footprint(sund_ctx *ctx, const sund_lattice *lattice, const sund_shapes *areas, size_t row,
                               double metres, sund_cell_list *out);

/* Fills mark (1 or 0, part cells row by row) for some whole rows of a window. Called from the calling thread, once for
 * each row, from north to south. Memory from ctx is gone after the call. */
typedef sund_code (*sund_trace_rows)(sund_ctx *ctx, void *data, const sund_window *part, uint8_t *mark);
/* Polygons around the cells that are 1, in map coordinates: cells that share an edge hang together, cells that share
 * only a corner do not, so that every polygon is valid by construction (a ring may touch another or itself nowhere but
 * at a corner, and rings are split there). One row; outer rings counter-clockwise, each followed by its holes; ordered
 * by their upper left cell; vertices only at corners. Empty when no cell is 1. Memory is that of the boundary and of a
 * strip of at most 256 rows of the window. */
sund_code sund_trace_areas(sund_ctx *ctx, const sund_lattice *lattice, const sund_window *window,
                           sund_trace_rows rows, void *data, sund_shapes **out);
/* Length in map metres of the line where `value` crosses `level`, by marching squares with linear interpolation between
 * cell centres (Lorensen and Cline 1987, in the plane); window cells, NAN = no line there. */
double sund_trace_length(const sund_lattice *lattice, const sund_window *window, const float *value, double level);

/* ------------------------------------------------------------------------------------------------------- flood */

/* How high must the sea rise before a cell gets wet? The first-wet level of a cell is the smallest level at which it is
 * joined to the sea by cells that lie no higher: the minimax path (Barnes, Lehman and Mulla 2014, Priority-Flood, turned
 * around; tiled after Barnes 2016). A cell is wet at a level iff its first-wet level <= the level.
 *
 * Heights are kept as 16-bit steps ("raw"): metres = raw * step_m + offset_m, rounded half to even. Cells of the sea
 * have no say: they are wet at any level, and water comes from them to their neighbours at the neighbours' own height.
 * With SUND_SEED_EDGE and SUND_SEED_NODATA cells at the raster's edge, or beside an unknown cell, get wet at their own
 * height. Unknown cells are otherwise neither sea nor outlet. Without SUND_SEED_SEA cells of the sea are ground like any
 * other. The answer is the same to the bit for any size of the tiles, any number of threads, in memory or on disk. */
typedef struct sund_flood sund_flood;

enum { SUND_SEED_SEA = 1, SUND_SEED_EDGE = 2, SUND_SEED_NODATA = 4 };
/* Raw: no such level. As ground: unknown. As first-wet level: never, or above the cap. */
#define SUND_NEVER UINT16_MAX
/* The part of the sea meant: all of it. */
#define SUND_ANY_ZONE SIZE_MAX
enum { SUND_MOST_ZONES = 64 };

typedef struct sund_flood_spec {
  sund_lattice lattice;
  double step_m;     /* metres a raw step: 0.001                                                  */
  double offset_m;   /* metres of raw 0; ground lower than that counts as raw 1                   */
  uint16_t cap;      /* raw: water above it is not looked for                                     */
  int connectivity;  /* 8: water passes corners too; 4: edges only                                */
  unsigned seeds;    /* SUND_SEED_... bits                                                        */
  size_t zones;      /* parts of the sea with a level of their own, 1 to SUND_MOST_ZONES          */
  size_t tile;       /* cells a side of a tile, at most 256; 0 = 256                              */
  const char *spool; /* folder for an unnamed file that holds the cells; NULL = in memory         */
  double most_bytes; /* memory (or disk, with a spool) that may be used; 0 = no bound. SUND_LIMIT with a number */
} sund_flood_spec;

/* Where heights come from. */
typedef struct sund_flood_source {
  /* Heights (metres, NAN = unknown) and sea (1) of the cells of a window. Called from the calling thread, once for every
   * cell, in windows of many tiles. */
  sund_code (*read)(sund_ctx *ctx, void *data, const sund_window *window, float *metres, uint8_t *sea);
  /* Zone of the sea that touches this cell of land, below spec.zones; called from any thread. NULL = 0. */
  size_t (*zone)(const void *data, sund_cell land);
  void *data; /* with a zone: needed as long as the flood, which asks again after edits */
} sund_flood_source;

/* What was met. */
typedef struct sund_flood_report {
  uint64_t cells, sea, unknown; /* of the raster                                            */
  uint64_t reached;             /* land that gets wet at or below the cap                   */
  uint64_t below_offset;        /* land lower than offset_m, counted as raw 1               */
  uint64_t edge_dry;     /* land at the raster's edge, at or below the cap, that the sea given here does not reach
                                 * at its own height: water could come in from beyond the edge */
  sund_cell edge_lowest; /* the lowest of these                                      */
  double bytes;          /* memory or disk used for cells                            */
} sund_flood_report;

/* Reads everything and floods it. The state stays for the questions below and for edits. */
sund_code sund_flood_run(sund_ctx *ctx, const sund_flood_spec *spec, const sund_flood_source *source,
                         sund_flood **out);
const sund_flood_spec *sund_flood_spec_of(const sund_flood *flood);
void sund_flood_told(const sund_flood *flood, sund_flood_report *out);

/* One cell: its ground, its first-wet level from the sea of a zone, whether it is sea. A cell of the sea has its own
 * ground as first-wet level, 0 when that is unknown. Any number of threads may ask. */
uint16_t sund_flood_ground(const sund_flood *flood, sund_cell cell);
uint16_t sund_flood_wet(const sund_flood *flood, size_t zone, sund_cell cell);
bool sund_flood_is_sea(const sund_flood *flood, sund_cell cell);
/* The same for the cells of a window; each array may be NULL. */
void sund_flood_window(const sund_flood *flood, const sund_window *window, size_t zone, uint16_t *ground,
                       uint16_t *wet, uint8_t *sea);
/* Tells that the cells of a window are not needed for now: a spool gives their memory back. */
void sund_flood_rest(const sund_flood *flood, const sund_window *window);

/* Raw to metres (NAN for SUND_NEVER), and the largest raw value whose metres are <= level_m, -1 = none: cells with
 * first-wet <= it are wet at the level. Heights to raw as cells are read. */
double sund_flood_metres(const sund_flood_spec *spec, uint16_t raw);
int32_t sund_flood_threshold(const sund_flood_spec *spec, double level_m);
uint16_t sund_flood_raw(const sund_flood_spec *spec, double metres);

/* New ground for some cells (a wall, an opening). Answers afterwards are those of a full run with that ground, at the
 * cost of the tiles touched and of the graph between tiles. before: what stood there, to take it back, or NULL. A cell
 * named twice gets the last value. After a failure the flood can no longer be asked. */
typedef struct sund_flood_edit {
  size_t count;
  sund_cell *cell;  /* count                                        */
  uint16_t *ground; /* count: raw, SUND_NEVER = unknown             */
  uint8_t *sea;     /* count: 1 = sea; NULL = no cell is sea        */
} sund_flood_edit;
sund_code sund_flood_change(sund_ctx *ctx, sund_flood *flood, const sund_flood_edit *edit, sund_flood_edit *before);

/* The way of the water from the sea to a cell: neighbouring cells, the first one beside the sea (or a seed), on which
 * no cell lies higher than the first-wet level of any cell behind it. Of equal ways one that is short; the same for any
 * tiles and threads. Empty when the cell is never reached. */
sund_code sund_flood_way(sund_ctx *ctx, const sund_flood *flood, sund_cell to, sund_cell_list *out);

/* ----------------------------------------------------------------------------------------------------- saddles */

/* Low ground that gets wet all at once when the sea passes a crest: a basin is a set of joined cells with one first-wet
 * level, some of which lie lower; its saddle is the cell of that height through which the water comes (the merge tree of
 * the sea's sublevel sets; Arge, Rav, Revsbaek, Shin and Yang 2020, Sea-Rise Flooding on Massive Dynamic Terrains). */
typedef struct sund_saddle {
  uint16_t crest;  /* raw: ground of the saddle = first-wet level of the basin                     */
  sund_cell cell;  /* of equal ones the northernmost, then westernmost                             */
  sund_cell basin; /* lowest cell of the basin, of equal ones the northernmost, then westernmost   */
  uint64_t cells;  /* of the basin lower than the crest                                            */
  uint64_t water;  /* sum over these of crest less ground, raw steps: its volume up to the crest   */
  size_t parent;   /* saddle of the basin its water comes through; SIZE_MAX = from the sea         */
} sund_saddle;

/* Basins that matter, by crest, then place: those that decide the level of one of n asked cells, and those with at least
 * `least_cells` cells (0 = none of these).
 * decides: n: the saddle whose crest is the cell's first-wet level while its own ground is lower; SIZE_MAX = its own
 * ground decides, or it is never wet. through: n: the saddle nearest to the cell on its water's way, SIZE_MAX = none; may
 * be NULL. Cells that are sea or never wet have neither. */
sund_code sund_saddles_find(sund_ctx *ctx, const sund_flood *flood, size_t n, const sund_cell *asked,
                            uint64_t least_cells, size_t *count, sund_saddle **out, size_t *decides, size_t *through);

/* The opening at a saddle: the shortest line across it between ground higher than the crest + `above` on both sides. */
typedef struct sund_opening {
  double width_m;      /* map metres of water across it; NAN = wider than 2 * reach        */
  sund_cell_list line; /* cells across, from the one bank to the other, 4-connected when water passes corners */
} sund_opening;
sund_code sund_saddle_opening(sund_ctx *ctx, const sund_flood *flood, const sund_saddle *saddle, uint16_t above,
                              double reach_m, sund_opening *out);

/* Once the cells of `closed` are a wall: where and at which level does water reach the basin then? crest SUND_NEVER =
 * not below the cap. held: cells that were wet below that level through the saddle and now are not (the basin and the
 * slopes around it), row by row; NULL = not wanted. */
typedef struct sund_next {
  uint16_t crest;
  sund_cell cell;
} sund_next;
sund_code sund_saddle_next(sund_ctx *ctx, const sund_flood *flood, const sund_saddle *saddle,
                           const sund_cell_list *closed, sund_next *out, sund_cell_list *held);

/* Where to build: the cheapest line that keeps a cell dry up to a level. */
typedef struct sund_closing_ask {
  sund_cell keep;       /* to be kept dry: a cell of the basin                                           */
  uint16_t target;      /* raw: dry up to and with this level                                            */
  sund_window within;   /* the line is looked for here                                                   */
  const uint8_t *no_go; /* within cells: 1 = nothing can be built; or NULL                               */
  double ground_scale;  /* ground metres a map metre here                                                */
} sund_closing_ask;
typedef struct sund_closing {
  sund_cell_list line; /* cells to be raised to above the target, in order, tight against the water's connectivity;
                        * several stretches follow each other where there are several openings */
  size_t stretches;
  size_t *first;    /* stretches + 1: of the line                                             */
  double *metres;   /* line: ground metres of wall in each cell; their sum is length_m        */
  double length_m;  /* ground metres                                                          */
  double face_m2;   /* sum of length times height: what was made smallest                     */
  double highest_m; /* largest height above the ground                                        */
} sund_closing;
/* The minimum cut between the sea and the cell, by shortest paths across the water's way in the double cover of the
 * plane (Reif 1983, Minimum s-t cut of a planar undirected network). Banks, ground above the target, cost nothing.
 * The basin of the cell, the cells joined to it that lie lower than its first-wet level now, is kept dry as a whole:
 * nothing is built in it, nor in the sea, whose depth the terrain does not tell. Water beyond the window counts as sea;
 * where the raster ends without sea a line may end. The wall runs through the cells from the middle of one side to that
 * of another, or over their corners where water does not pass these; its length is that of these straight pieces. Where
 * several pieces of sea lie within the window, one line after the other is added.
 * *found false when the cell is dry there already, or there is no line within the window that avoids no_go. */
sund_code sund_closing_find(sund_ctx *ctx, const sund_flood *flood, const sund_closing_ask *ask, bool *found,
                            sund_closing *out);

/* --------------------------------------------------------------------------------------------------- sea levels */

/* Levels by how rarely they come: level = a + b ln T, T the return period in years (an exponential tail of the yearly
 * probability 1/T). */
typedef struct sund_tail {
  double a, b;            /* metres                                        */
  double least_y, most_y; /* range of T it was fitted to, years            */
  size_t count;           /* of points                                     */
  double largest_m;       /* largest distance of a point from the fit, m   */
} sund_tail;
/* Least squares in ln T. SUND_DATA with fewer than two different T, or a level that does not rise with T. */
sund_code sund_tail_fit(sund_ctx *ctx, size_t n, const double *period_y, const double *level_m, sund_tail *out);
/* Expected exceedances a year, 1/T, of a level. Can be more than 1. */
double sund_tail_rate(const sund_tail *tail, double level_m);
/* The level of a return period. */
double sund_tail_level(const sund_tail *tail, double period_y);

/* Expected amount a year of something that grows with the level: the integral of amount over the yearly exceedances. */
typedef struct sund_expected {
  double value;     /* over the whole curve with the tail: sum of the steps times the rate of their level    */
  double tail;      /* of it from levels rarer than the table's rarest                                      */
  double head;      /* of it from levels more frequent than the table's most frequent                       */
  double trapezoid; /* what the trapezoid rule over the table's return periods alone gives, without a tail  */
  double first_y;   /* return period of the lowest level with any amount; INFINITY when there is none       */
} sund_expected;
/* amount[i] is what is wet at level[i] and above, rising; levels rising; nothing below level[0]. The table's levels are
 * those of the tail at its return periods period_y (count periods, any order). Rates are at most `most_rate` a year:
 * what is wet more often counts as often as that (Rosbjerg 2024, PIAHS 385; Arnell 1989). */
sund_code sund_expected_yearly(sund_ctx *ctx, const sund_tail *tail, size_t periods, const double *period_y,
                               double most_rate, size_t n, const double *level_m, const double *amount,
                               sund_expected *out);

/* Storm peaks of a series of water levels: the highest value of each exceedance of the threshold; peaks less than
 * `apart_s` apart are one storm. Times rise; NAN levels are gaps. */
typedef struct sund_peaks {
  size_t count;
  size_t *row;   /* count: of the series                                           */
  double years;  /* of observations: steps of at most `gap_s`, in years of 365.25 days */
  double mean_m; /* of all values                                                  */
} sund_peaks;
sund_code sund_peaks_find(sund_ctx *ctx, size_t n, const double *time_s, const double *level_m, double threshold_m,
                          double apart_s, double gap_s, sund_peaks *out);
/* The exponential tail of peaks over a threshold: rate of peaks and their mean excess. Screening: too short a record
 * cannot carry long return periods. SUND_DATA with fewer than 5 peaks. */
sund_code sund_tail_of_peaks(sund_ctx *ctx, const sund_peaks *peaks, const double *level_m, double threshold_m,
                             sund_tail *out);

/* Probability that a standard normal variable is below z. */
double sund_normal(double z);

/* What is known of a home's water: its ground, the crest that decides, other crests that let water in (the next
 * saddle), metres in one height system; NAN = there is none. */
typedef struct sund_doubt {
  double ground_sigma_m; /* of a height of the terrain                                            */
  double level_sigma_m;  /* of the sea level, height systems included                             */
  bool correlated;       /* errors of crests and ground are one and the same error; else independent */
} sund_doubt;
/* P(wet) at a level: the level passes the ground and at least one of the crests. Crests are alternatives; a home with no
 * crest is unprotected; NAN when neither ground nor crest is known. The level's error is common to all; integrated to
 * within 1e-8. */
double sund_probability_wet(const sund_doubt *doubt, double level_m, double ground_m, size_t crests,
                            const double *crest_m);

/* Water over a broad-crested weir, m3/s: 1.7 * width * head^1.5, free flow; 0 when nothing flows. And the hours that a
 * volume takes at a constant head: the shortest there can be, for a basin that fills holds the water back; INFINITY when
 * nothing flows. Screening: a static model fills every basin whose crest is passed, however narrow the opening. */
double sund_weir_flow(double width_m, double head_m);
double sund_weir_hours(double width_m, double head_m, double volume_m3);

/* How much noise lowers a crest: the expected lowest point of a wall `cells_long` cells long and `cells_wide` thick, in
 * standard deviations below its true height, for white noise of the terrain and water that passes corners. At most 0. By
 * order statistics for one cell; by simulation, tabulated, for more (docs/flood.md). */
double sund_crest_bias(double cells_long, double cells_wide);

/* -------------------------------------------------------------------------------------------------------- stat */

/* Sum that does not depend on how the rows were split (Neumaier 1974). NAN rows are left out. */
double sund_sum(size_t n, const double *value);
/* Values in order with the weight up to each: quantiles and shares are read from it. Rows whose value or weight is NAN,
 * or whose weight is 0, are left out; weight NULL = 1 each. */
typedef struct sund_ranks {
  size_t count;
  double *value; /* count, rising                            */
  double *below; /* count: weight of this row and those before it */
  double total;
} sund_ranks;
sund_code sund_ranks_make(sund_ctx *ctx, size_t n, const double *value, const double *weight, sund_ranks *out);
/* As sund_quantile; NAN when there is no row. */
double sund_ranks_quantile(const sund_ranks *ranks, double share);
/* Part of the weight (0..1) in rows with a value <= `value`; NAN when there is no row. */
double sund_ranks_share(const sund_ranks *ranks, double value);
/* Gini index of the finite values, which are not negative: what sund_gini says, from rows that are in order already. */
double sund_ranks_gini(const sund_ranks *ranks);
/* Smallest value v such that rows with value <= v hold at least `share` (0..1) of the weight; rows whose value or
 * weight is NAN, or weight 0, are left out. weight NULL = 1 each. NAN when nothing is left. */
sund_code sund_quantile(sund_ctx *ctx, size_t n, const double *value, const double *weight, double share,
                        double *out);
/* How unequally a thing is shared out, by persons: value[i] each of weight[i] persons has (weight NULL = 1 each). Rows
 * whose value, weight or rank is NAN, or whose weight is 0, are left out; values are not negative (SUND_DATA). NAN when
 * nothing is left or the mean is 0.
 *   Gini (1912): mean absolute difference over twice the mean, 0 = equal, towards 1 = one has all.
 *   Theil's T (1967): mean of v/m * ln(v/m), 0 = equal.
 *   concentration index (Wagstaff, Paci and van Doorslaer 1991): twice the covariance of value and the fractional rank by
 *   `rank`, over the mean; negative = the low ranks have more; ties share their rank.
 *   Palma (2011): mean value of the tenth with the highest rank over that of the four tenths with the lowest; a row on a
 *   boundary counts with its share. */
sund_code sund_gini(sund_ctx *ctx, size_t n, const double *value, const double *weight, double *out);
sund_code sund_theil(sund_ctx *ctx, size_t n, const double *value, const double *weight, double *out);
sund_code sund_concentration(sund_ctx *ctx, size_t n, const double *value, const double *weight, const double *rank,
                             double *out);
sund_code sund_palma(sund_ctx *ctx, size_t n, const double *value, const double *weight, const double *rank,
                     double *out);
/* Least-squares slope of y on x; NAN with fewer than two different x. */
double sund_slope(size_t n, const double *x, const double *y);

/* "PROJ 9.1.1, GEOS 3.11.1"; NULL without memory. */
const char *sund_geo_versions(sund_ctx *ctx);

#endif
