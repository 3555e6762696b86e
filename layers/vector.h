/* vector.h - one reading of a vector source, shared by the files layers/vector*.c.
 *
 * Rows grow in the scratch context while features are read; the finished table goes to the caller's. Failures are
 * noted in the scratch context and passed on at the end.
 */
#ifndef SUND_LAYERS_VECTOR_H
#define SUND_LAYERS_VECTOR_H

#include "guard.h"
#include "sund/layers.h"

/* What can be odd about a feature without stopping the run; one finding each. */
typedef enum vector_reason {
  VECTOR_NO_GEOMETRY, /* left out                               */
  VECTOR_OPEN,        /* outline does not close, left out       */
  VECTOR_DEGENERATE,  /* left out                               */
  VECTOR_LOST_PART,   /* a part of it left out                  */
  VECTOR_UNCLOSED,    /* ring closed                            */
  VECTOR_CURVED,      /* arcs drawn as chords                   */
  VECTOR_COLLECTION,  /* members of other kinds left out        */
  VECTOR_VANISHED,    /* nothing left after repair, left out    */
  VECTOR_COMMA,       /* decimal comma read                     */
  VECTOR_UNMEASURED,  /* a distance that is not there, left out */
  VECTOR_SKIPPED,     /* left out by its code                   */
  VECTOR_OLDER,       /* left out for a newer one of its id     */
  VECTOR_REASONS
} vector_reason;

typedef struct vector_tally {
  int64_t count, first;
} vector_tally;

/* Growing geometry. Points: one vertex a row and no parts. */
typedef struct vector_geometry {
  size_t rows, parts, vertices;
  size_t *first_part;   /* rows */
  size_t *first_vertex; /* parts */
  uint8_t *hole;        /* parts */
  double *x, *y;        /* vertices */
  size_t row_room, part_room, vertex_room;
} vector_geometry;

enum { VECTOR_CODES = 60 };

/* A part of a formula: a field, or a tag of it. */
typedef struct vector_part {
  int index;
  const char *tag;   /* NULL = the field itself                            */
  const char *value; /* that the tag must have, or NULL                    */
  const char *pair;  /* "tag=value": what the part then says               */
} vector_part;

/* One column being filled. */
typedef struct vector_column {
  sund_field field;
  const sund_role_column *info;
  int index; /* field of the layer; VECTOR_NO_FIELD, VECTOR_FID */
  OGRFieldType type;
  const char *from; /* the field's name, for messages                  */
  size_t parts;     /* of a formula; 0 = the field of index              */
  vector_part *part;
  bool sum; /* of the parts; else the first that has a value      */
  size_t recodes;
  const char **from_code, **to_value;
  bool skips;          /* one of the codes leaves its feature out           */
  double real_default; /* of the constant or fallback                     */
  int64_t integer_default;
  const char *text_default;
  double *real; /* one of them grows, by field.type                */
  int64_t *integer;
  const char **text;
  size_t room;
  size_t unknown; /* values that are none of field.choices           */
  const char *unknown_code[VECTOR_CODES];
  int64_t unknown_first; /* feature                                         */
} vector_column;
enum { VECTOR_NO_FIELD = -1, VECTOR_FID = -2 };

/* What the headers of a shapefile say. */
typedef struct vector_shapefile {
  bool checked;
  int64_t rows;     /* not deleted */
  const char *date; /* YYYY-MM-DD  */
} vector_shapefile;

/* A raster whose cells are read as features (vector_cells.c). */
typedef struct vector_cells vector_cells;

/* An OpenStreetMap file whose things are read as features (vector_osm.c). */
typedef struct vector_osm vector_osm;

/* What `latest` compares. */
typedef struct vector_date {
  const char *text; /* "" when missing                                    */
  bool skip;        /* left out by its code, if it is the newest          */
} vector_date;

typedef struct vector_reader {
  sund_ctx *ctx;     /* the caller's: what stays           */
  sund_ctx *scratch; /* gone when the source is read       */
  const sund_source *source;
  const sund_role_info *role;
  guard *guard;
  OGRLayerH layer;
  const char *layer_name;
  gpkg_facts facts; /* SQLite files                       */
  vector_shapefile shapefile;
  int64_t expected;    /* features the source says it has, -1 unknown */
  vector_cells *cells; /* NULL: no raster                   */
  vector_osm *things;  /* NULL: GDAL reads the features     */
  bool osm;            /* features of all layers come mixed  */
  bool comma;          /* CSV with `;`: 1,5 is a number      */
  bool decided;        /* kind is known                      */
  sund_kind kind;
  bool swap;        /* the layer stores y, x              */
  int64_t read;     /* features delivered                 */
  int64_t rejected; /* of them, without a row             */
  int64_t last;     /* id of the last one                 */
  size_t rows;
  size_t row_room;
  int64_t *feature; /* rows                               */
  vector_geometry geometry;
  size_t columns;
  vector_column *column;
  vector_column *use; /* the column `use`, which is not kept; or NULL */
  int stamp_index;    /* field that `latest` names                    */
  vector_date *date;  /* rows, when the source has `latest`; or NULL  */
  size_t date_room;
  vector_tally tally[VECTOR_REASONS];
  const char *wkt;         /* of the layer, NULL none            */
  const sund_crs *crs;     /* of the source                      */
  const sund_crs *instead; /* the user's, for GeoJSON          */
  const sund_op *op;       /* to the analysis CRS                */
} vector_reader;

void vector_count(vector_reader *r, vector_reason reason, int64_t feature);

/* vector_layer.c: opens the source and chooses its layer. */
sund_code vector_open(vector_reader *r);
sund_code vector_filter(vector_reader *r);

/* vector_cells.c: is the source a raster, and the role one that cells can fill? Then open, load and next stand for what
 * GDAL does with features; *out NULL at the end. tell sets the counts and says what became of the cells. */
bool vector_cells_fits(const vector_reader *r, const path_facts *facts);
sund_code vector_cells_open(vector_reader *r);
void vector_cells_extent(const vector_reader *r, double box[4]);
sund_code vector_cells_load(vector_reader *r);
sund_code vector_cells_next(vector_reader *r, OGRFeatureH *out);
sund_code vector_cells_tell(vector_reader *r, const char **finding);

/* vector_osm.c: is the source an OpenStreetMap file, and the role one that is taken from it by tags? Then, as above. The
 * extent is that of the file in degrees; the date NULL when it states none. tell adds findings. */
bool vector_osm_fits(const sund_source *source, const path_facts *facts);
sund_code vector_osm_open(vector_reader *r);
/* Completes the source by the shipped profile, unless another one was applied. Before anything asks the source. */
sund_code vector_osm_profile(vector_reader *r);
sund_code vector_osm_extent(vector_reader *r, double box[4]);
const char *vector_osm_date(const vector_reader *r);
sund_code vector_osm_load(vector_reader *r);
sund_code vector_osm_next(vector_reader *r, OGRFeatureH *out);
sund_code vector_osm_tell(vector_reader *r, sund_findings *list);

/* vector_columns.c */
sund_code vector_columns_open(vector_reader *r);
/* Is the feature left out by one of its codes? */
sund_code vector_columns_skip(vector_reader *r, OGRFeatureH feature, bool *skip);
sund_code vector_columns_take(vector_reader *r, OGRFeatureH feature, size_t row);
sund_code vector_columns_move(vector_reader *r, const uint8_t *keep, sund_table *table);

/* vector_codes.c: the mapping of a column; what a code becomes (itself when no mapping knows it; NULL is a missing one); codes that are no
 * value, gathered, and the failure that lists them. */
sund_code vector_codes_open(vector_reader *r, vector_column *column);
const char *vector_codes_value(const vector_column *column, const char *code);
sund_code vector_codes_unknown(vector_reader *r, vector_column *column, const char *code);
sund_code vector_codes_close(vector_reader *r);

/* vector_formula.c: columns out of several fields. Does the text read like a formula? Its parts; its sum; the first of
 * its parts that has a value, NULL = none. */
bool vector_formula_is(const char *text);
sund_code vector_formula_open(vector_reader *r, vector_column *column, const char *formula, size_t fields,
                              const char *const *field);
double vector_formula_sum(const vector_column *column, OGRFeatureH feature);
sund_code vector_formula_first(vector_reader *r, const vector_column *column, OGRFeatureH feature, const char **out);

/* vector_rows.c: notes the date of the next row; takes rows off `keep` for which there is a newer one of the same id; what to say of counts whose
 * parts do not add up, NULL = nothing. */
sund_code vector_rows_date(vector_reader *r, OGRFeatureH feature, bool skip);
sund_code vector_rows_newest(vector_reader *r, uint8_t *keep);
sund_code vector_rows_parts(vector_reader *r, const uint8_t *keep, const char **finding);

/* vector_od.c: a table of distances has minutes, metres or both; rows with neither are taken off `keep`. */
sund_code vector_od_open(vector_reader *r);
void vector_od_sort_out(vector_reader *r, uint8_t *keep);

/* vector_value.c: numbers out of text. */
sund_code vector_value_real(vector_reader *r, const vector_column *column, const char *text, double *out);
sund_code vector_value_integer(vector_reader *r, const vector_column *column, const char *text, int64_t *out);

/* vector_geometry.c: adds a feature's geometry as the next row; *taken false when there is nothing to add. */
sund_code vector_geometry_take(vector_reader *r, OGRGeometryH geometry, int64_t feature, bool *taken);
/* Ends the offsets and gives the rows as shapes (lines, areas), rings turned as geo.h wants them. */
sund_code vector_geometry_close(vector_reader *r, sund_shapes **out);

/* vector_place.c: where the source says it is, and where it comes out. */
sund_code vector_place_open(vector_reader *r);
sund_code vector_place_apply(vector_reader *r, const sund_frame *frame);
sund_code vector_place_extent(vector_reader *r, double box[4]);
/* A box moved edge by edge; to[0] > to[2] when it cannot be. */
sund_code vector_place_box(sund_ctx *ctx, const sund_op *op, const double from[4], double to[4]);

/* vector_scan.c: SHA-256 of the file as hex, and whether text is text. */
sund_code vector_scan(sund_ctx *ctx, const path_facts *facts, const char **hash);

/* vector_shapefile.c: the three files of a shapefile against each other. */
sund_code vector_shapefile_check(sund_ctx *ctx, const char *path, vector_shapefile *out);

#endif
