/* layers.h - the middle floor: what a project asks for, reading it into tables and grids, writing the GeoPackage.
 *
 * Formats stay on this floor: GDAL in guard, vector, raster and cog_write; libyaml in yaml; SQLite in gpkg and rtree;
 * libcrypto in hash; jansson in json. Everything that leaves it is a table or a grid in the analysis CRS, x east, y north.
 */
#ifndef SUND_LAYERS_H
#define SUND_LAYERS_H

#include "sund/geo.h"

/* ----------------------------------------------------------------------------------------------- where it stands */

/* A place in a text file, or the command line (line 0). */
typedef struct sund_mark {
  const char *file; /* base name; NULL for the command line */
  int line;         /* from 1; 0 = command line             */
  int column;       /* from 1                               */
} sund_mark;

/* ---------------------------------------------------------------------------------------------------------- yaml */

typedef enum sund_node_kind { SUND_SCALAR, SUND_LIST, SUND_MAP } sund_node_kind;

/* A YAML node. Scalars are text; the schema reads them. Maps keep their order; keys are unique. */
typedef struct sund_node {
  sund_node_kind kind;
  sund_mark mark;          /* where the value stands             */
  const char *text;        /* scalars                            */
  bool quoted;             /* scalars: written in quotes         */
  size_t count;            /* lists and maps                     */
  struct sund_node **item; /* count values                       */
  const char **key;        /* maps: count keys                   */
  sund_mark *key_mark;     /* maps: where each key stands        */
} sund_node;

/* Parses a YAML text of one document. Anchors, aliases and tags are refused, depth is at most 16, size 4 MB; a
 * duplicate key is reported at its second place. SUND_USAGE, message starts with `file:line:column: `. name: what
 * messages call the text. */
sund_code sund_yaml_parse(sund_ctx *ctx, const char *name, const char *text, size_t length, sund_node **out);
/* Reads the file and parses it. SUND_USAGE when it cannot be read. Messages use the base name. */
sund_code sund_yaml_read(sund_ctx *ctx, const char *path, sund_node **out);
/* The value of a key in a map, or NULL. */
const sund_node *sund_node_get(const sund_node *map, const char *key);
/* Fails with SUND_USAGE at a mark: `project.yaml:3:5: ...`, or `--option: ...` for the command line. */
sund_code sund_fail_at(sund_ctx *ctx, sund_mark mark, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Reads the whole text as a finite number with a decimal point, whatever the locale of the process; false = it is none. */
bool sund_number_read(const char *text, double *out);
/* The number of a scalar; `0,35` fails with a hint to write 0.35. */
sund_code sund_node_number(sund_ctx *ctx, const sund_node *node, double *out);
/* The nearest of `count` words by Damerau-Levenshtein distance, at most 2 and less than half the length; or NULL. */
const char *sund_nearest_word(const char *word, size_t count, const char *const *words);

/* Are two names alike: any case, with or without Nordic letters (hojde, hoejde and Højde are one)? */
bool sund_same_name(const char *a, const char *b);
/* The part of a path behind its last slash: how messages call a file. */
const char *sund_base_name(const char *path);

/* --------------------------------------------------------------------------------------------------------- roles */

typedef enum sund_role {
  SUND_AREAS,
  SUND_LAND,
  SUND_COAST,
  SUND_SEA,
  SUND_GREEN,
  SUND_ENTRANCES,
  SUND_HOMES,
  SUND_JOBS,
  SUND_PLACES,
  SUND_PATHS,
  SUND_TIMETABLE,
  SUND_GATES,
  SUND_TERRAIN,
  SUND_BARRIERS,
  SUND_OPENINGS,
  SUND_EVENTS,
  SUND_CANDIDATES, /* points, lines and areas: gates, paths and green that could be made */
  SUND_SURVEYS,    /* table: what people say they experience                             */
  SUND_OD,         /* table: distances computed elsewhere                                */
  SUND_GAUGE,      /* table: a series of observed water levels                           */
  SUND_WALLS,      /* lines: walls that could be raised, to be tried one by one          */
  SUND_NOGO,       /* areas where no wall can be built                                   */
  SUND_FLOWS,      /* table: who lives where and works where                             */
  SUND_TRAVEL,     /* table: minutes between units, for labour markets                   */
  SUND_ROLE_COUNT
} sund_role;

/* How a role is read. */
typedef enum sund_medium { SUND_VECTOR, SUND_RASTER, SUND_GTFS } sund_medium;

/* A column of a role. */
typedef struct sund_role_column {
  sund_field field;         /* name, type, unit, labels, choices                                 */
  bool required;            /* missing = error; else the default                                 */
  const char *fallback;     /* value when the column is missing or NULL; NULL = unknown          */
  const char *const *alias; /* other names it is found by, ended by NULL; or NULL                */
  double low, high;         /* allowed range of numbers, inclusive; NAN = no bound               */
} sund_role_column;

typedef struct sund_role_info {
  const char *name;       /* "areas": also the option and the key in a project file       */
  const char *summary[3]; /* da, sv, en                                                   */
  sund_medium medium;
  unsigned kinds; /* allowed geometries: bits 1 << SUND_POINT etc.                */
  const sund_role_column *column;
  size_t columns;
  const char *prefix; /* columns with this prefix are taken too, as reals (group_)    */
} sund_role_info;

const sund_role_info *sund_role_of(sund_role role);
/* The role of that name, or SUND_ROLE_COUNT. */
sund_role sund_role_find(const char *name);

/* ------------------------------------------------------------------------------------------------------- project */

/* "a becomes b": a field mapping (column <- field), a constant (column = value). */
typedef struct sund_pair {
  const char *key;
  const char *value;
  sund_mark mark;
} sund_pair;
/* A code mapping: in role column `column`, source value `from` (`*`: any other) becomes `to`. Two words for `to` are no
 * values: `skip` leaves the feature out, `missing` says that the value is not known. */
typedef struct sund_recode {
  const char *column;
  const char *from;
  const char *to;
} sund_recode;

/* One source of a role. */
typedef struct sund_source {
  sund_mark mark; /* where it was named                                                     */
  sund_role role;
  const char *text;    /* as written                                                             */
  const char *path;    /* to open: relative ones resolved against the project file               */
  const char *layer;   /* layer in the file, NULL = the only one                                 */
  const char *where;   /* attribute filter in OGR's SQL, or NULL                                 */
  const char *crs;     /* for a source that does not say, or NULL                                */
  const char *heights; /* height system of z values, or NULL                                     */
  const char *licence; /* as the user states it, or NULL                                         */
  const char *profile; /* set by sund_profile_apply: name of the profile used, or NULL           */
  size_t fields;
  sund_pair *field; /* role column -> source field                                */
  size_t sets;
  sund_pair *set; /* role column -> constant                                    */
  size_t recodes;
  sund_recode *recode;
  const char *as;     /* a raster's cells: "areas" or "cells", or NULL; see docs/reading.md             */
  const char *latest; /* field: of several rows with one id those newest by it are kept, or NULL        */
  size_t parts;
  const char *const *part; /* columns that ought to add up to persons; differences are told     */
  const sund_node *modes;  /* of the profile used: who may go where and how fast (OpenStreetMap), or NULL */
} sund_source;

/* An option as written in a project file or on the command line, not read yet. */
typedef struct sund_setting {
  sund_mark mark;
  const char *name; /* as an option, without dashes: "snap-limit"       */
  size_t values;
  const char **value;
  sund_mark *value_mark;
} sund_setting;

/* A query asked for, with its settings. */
typedef struct sund_request {
  const char *query;
  sund_mark mark;
  size_t settings;
  sund_setting *setting;
} sund_request;

/* A scenario: how the world differs from the baseline. */
typedef struct sund_scenario {
  const char *name;
  sund_mark mark;
  size_t sources; /* `add` and `replace`: they join the baseline's                              */
  sund_source *source;
  uint32_t
      replaced;  /* `replace`: role bits whose sources of the baseline are left out; a role may be left with none */
  size_t closed; /* `close`: ids or names of gates, ids of routes of the timetable              */
  const char **close;
  sund_mark *close_mark;
} sund_scenario;

/* A goal of the project: an indicator that is to reach a target. */
typedef struct sund_goal {
  sund_mark mark;
  const char *indicator; /* "access.share"                                     */
  const char *variant;   /* "who-05", or a family: each of its standards; NULL = any */
  const char *area;      /* area id, NULL = every area                         */
  double target;         /* in the indicator's unit                            */
  bool at_most;          /* `at_most: target` instead of `target`: less is good */
  int year;              /* 0 = not said                                       */
} sund_goal;

/* What is to be done. Made from a project file or from the command line. */
typedef struct sund_project {
  const char *name;   /* title, or NULL                                          */
  const char *file;   /* base name of the project file, NULL for a command line  */
  const char *folder; /* folder of the project file, or "."                      */
  const char *crs;    /* analysis CRS, NULL = chosen from the data               */
  sund_mark crs_mark;
  const char *heights; /* height system of results, or NULL                       */
  sund_mark heights_mark;
  size_t profiles;
  const char **profile;
  sund_mark *profile_mark;
  size_t sources;
  sund_source *source;
  size_t base_sources; /* of the baseline, when `sources` are those of a scenario */
  sund_source *base_source;
  size_t requests;
  sund_request *request;
  size_t scenarios;
  sund_scenario *scenario;
  size_t goals;
  sund_goal *goal;
} sund_project;

/* Reads a project file. Grammar: the schema table in layers/project.c. SUND_USAGE with file:line:column and the
 * nearest known word. Query and option names are checked later, by the floor that knows them. */
sund_code sund_project_read(sund_ctx *ctx, const char *path, sund_project **out);
/* All problems of a project file, in the order of the file, at most `room` of them, each as sund_project_read would
 * say it. SUND_OK with a count of 0 when there is none. */
sund_code sund_project_problems(sund_ctx *ctx, const char *path, size_t room, const char **message, size_t *count);
/* One source as written on the command line: PATH|layername=NAME|where=EXPR|crs=..|heights=..|COLUMN=FIELD. */
sund_code sund_source_parse(sund_ctx *ctx, sund_role role, const char *text, sund_source *out);
/* The same for a text that stands at `mark` in a project file: relative paths are against `folder`. */
sund_code sund_source_parse_at(sund_ctx *ctx, sund_role role, const char *text, const char *folder, sund_mark mark,
                               sund_source *out);

/* ------------------------------------------------------------------------------------------- profiles, standards */

/* Texts shipped inside the program (layers/profiles, layers/standards), by file name without ending. */
typedef struct sund_shipped {
  const char *name;
  const char *text;
  size_t length;
} sund_shipped;
extern const sund_shipped sund_shipped_profiles[];  /* ended by {NULL} */
extern const sund_shipped sund_shipped_standards[]; /* ended by {NULL} */

/* A country or data set profile: how its layers map to roles. */
typedef struct sund_profile {
  const char *name; /* "dk"                                 */
  const char *title[3];
  const char *licence;   /* of the data it maps, or NULL         */
  const char *crs;       /* usual CRS, for messages              */
  const char *heights;   /* usual height system                  */
  const sund_node *root; /* the YAML, read by sund_profile_apply */
} sund_profile;
sund_code sund_profile_read(sund_ctx *ctx, const char *name, sund_profile **out);
/* Completes the mapping of a source from the first entry of the profiles that fits the role and whose `needs` fields
 * the layer has (any case, with or without ae/oe/aa). What the source says itself wins. */
sund_code sund_profile_apply(sund_ctx *ctx, size_t profiles, sund_profile *const *profile, size_t fields,
                             const char *const *field, const char *layer, sund_source *source);

/* Why registers of the two shores differ although nature does not: to be shown beside every comparison across the
 * Sound. Ended by {NULL}. */
typedef struct sund_asymmetry {
  const char *id;      /* "forest"                            */
  sund_role of;        /* told when data of this role are compared */
  const char *text[3]; /* da, sv, en                          */
} sund_asymmetry;
extern const sund_asymmetry sund_asymmetries[];

/* A standard of access. */
typedef struct sund_standard {
  const char *name;     /* "who-05"                                           */
  const char *title[3]; /* da, sv, en                                         */
  const char *source;   /* who says so, where                                 */
  uint32_t kinds;       /* bits of the green kinds that count (roles' order)  */
  uint32_t access;      /* bits of the access classes that count              */
  double min_ha;        /* smallest area, ground hectares; 0 = any, points too */
  double max_m;         /* largest distance, ground metres, inclusive         */
  double max_min;       /* largest walking time in minutes, or NAN            */
} sund_standard;
/* Reads a standard or a family of them (members:) by shipped name or file; appends to out. mark: for messages. */
sund_code sund_standard_read(sund_ctx *ctx, const char *name_or_file, const char *folder, sund_mark mark, size_t room,
                             sund_standard *out, size_t *count);

/* ------------------------------------------------------------------------------------------------ vector, raster */

/* What all reading goes into. */
typedef struct sund_frame {
  const sund_crs *crs; /* analysis CRS                            */
  const char *heights; /* height system of results, or NULL       */
} sund_frame;

/* One problem found in an input that did not stop the run. */
typedef struct sund_finding {
  const char *severity; /* "note", "warning", "error"              */
  const char *source;   /* file, or role, or NULL                  */
  int64_t feature;      /* or SUND_NO_FEATURE                      */
  const char *text;
  double x, y; /* analysis CRS, NAN when there is none    */
} sund_finding;

/* What was read from one source. */
typedef struct sund_reading {
  sund_role role;
  const char *path; /* as written                                               */
  const char *layer;
  const char *driver;            /* GDAL's short name                                        */
  int64_t read;                  /* features delivered by the source (after where)           */
  int64_t used;                  /* rows made of them                                        */
  int64_t rejected;              /* read - used; each reason is a finding                    */
  const char *crs;               /* of the source, "EPSG:25832"                              */
  const char *operation;         /* coordinate operation, "" for none                        */
  double accuracy_m;             /* of the operation, NAN unknown                            */
  const char *heights;           /* height system, or NULL                                   */
  const char *heights_operation; /* how heights reach the results' system, or NULL    */
  const char *hash;              /* SHA-256 of the file as hex (main file), or NULL          */
  const char *licence;           /* stated by user or profile, or NULL                       */
  const char *profile;           /* profile used, or NULL                                    */
  const char *date;              /* as the data state it (YYYY-MM-DD), or NULL               */
  double extent[4];              /* stated extent in the analysis CRS; extent[0] > extent[2] when there is none */
} sund_reading;

/* A growing list of findings. */
typedef struct sund_findings {
  size_t count, room;
  sund_finding *item;
} sund_findings;
sund_code sund_finding_add(sund_ctx *ctx, sund_findings *list, sund_finding finding);

/* What a source says of itself. */
typedef struct sund_peek {
  const char *driver, *layer, *wkt; /* wkt NULL = no CRS                 */
  int64_t features;                 /* as stated, -1 unknown             */
  double box[4];                    /* as stated, source CRS; box[0] > box[2] = none */
  size_t fields;
  const char **field;
  sund_kind kind; /* SUND_NONE = unknown or mixed      */
} sund_peek;
/* Opens the source and gives no feature. SUND_SOURCE when the file or folder is not there, SUND_USAGE for the layer. */
sund_code sund_vector_peek(sund_ctx *ctx, const sund_source *source, sund_peek *out);

/* Reads one source whole: every row in the frame's CRS, role columns filled (mapping, recoding, constants, fallbacks,
 * ranges), invalid areas repaired. Counts are verified. Failures name file and feature; see docs/reading.md.
 * A raster file is read as its cells, for homes, jobs and green: reading->read counts the cells with data. */
sund_code sund_vector_read(sund_ctx *ctx, const sund_source *source, const sund_frame *frame, sund_table **out,
                           sund_reading *reading, sund_findings *findings);

/* Several tables of one role as one, in order. Columns missing in one are filled with the role's fallback. Areas of equal
 * id, name, country and level become one row. */
sund_code sund_table_join(sund_ctx *ctx, sund_role role, size_t count, sund_table *const *tables, sund_table **out);

/* Opens a raster source and checks it: CRS, height system, geotransform, cell type, every block readable. grid: NULL
 * to check only, else the first band as metres. */
sund_code sund_raster_read(sund_ctx *ctx, const sund_source *source, sund_grid **grid, sund_reading *reading,
                           sund_findings *findings);

/* What a raster of heights says of itself, no cell read: its CRS stands in out->wkt (a code or WKT). */
sund_code sund_raster_peek(sund_ctx *ctx, const sund_source *source, sund_peek *out, sund_lattice *lattice,
                           const char **heights);

/* A terrain: one or several raster files with one CRS, height system and cell size whose cells lie on one grid. */
typedef struct sund_terrain {
  const char *name;     /* base name of its first file                                          */
  sund_lattice lattice; /* of all its files together, in its own CRS                             */
  const sund_crs *crs;
  const char *heights; /* "EPSG:5799"                                                           */
  size_t files;
  /* Heights in metres of the cells of a window, NAN = unknown; where files overlap the first one with a value counts.
   * Calling thread only. Every value is checked as sund_raster_read does; SUND_SOURCE for a block that cannot be read. */
  sund_code (*read)(sund_ctx *ctx, void *data, const sund_window *window, float *metres);
  /* After the last window: what only all cells together can tell (an undeclared nodata value, nothing but nodata). */
  sund_code (*finish)(sund_ctx *ctx, void *data);
  void *data;
} sund_terrain;
/* Opens the sources of the role terrain, without reading their cells: files that fit together become one terrain, in the
 * order of their first file. reading: count, filled. Files stay open until the context is freed, and `source` is read
 * until then. */
sund_code sund_terrain_open(sund_ctx *ctx, size_t count, const sund_source *source, size_t *terrains,
                            sund_terrain **out, sund_reading *reading, sund_findings *findings);

/* How levels pass from one height system to another: level in `to` = level in `from` + add_m. */
typedef struct sund_height_step {
  double add_m;
  double sigma_m;        /* standard deviation of add_m                                              */
  const char *operation; /* what was done and who says so: for `sources`; "" when nothing was needed */
} sund_height_step;
/* The step between two height systems ("EPSG:5799") near a place (x, y in `crs`; crs NULL = anywhere). In this order: a
 * rule of the user, each "FROM TO METRES [SIGMA] [source ...]" or "FROM TO FILE.tif [SIGMA] [source ...]" (a grid of TO
 * minus FROM in metres, in degrees or any CRS); the documented constant of the northern Sound between DVR90 and RH2000;
 * nothing else: SUND_OUTPUT naming both systems and what to do. A rule serves both ways. PROJ is not asked: between these
 * systems it answers with a ballpark of 0 m and no word. */
sund_code sund_heights_step(sund_ctx *ctx, const char *from, const char *to, const sund_crs *crs, double x, double y,
                            size_t rules, const char *const *rule, sund_height_step *out);

/* Timetables (GTFS Schedule): a folder or a zip each, read whole. */
typedef struct sund_feeds sund_feeds;
/* crs: of the stops' places, NULL = not wanted. A feed whose tables contradict each other (a stop or trip that is not there, times that run
 * backwards) is SUND_DATA naming table and line; what can be lived with is a finding: stops without a place, trips with
 * one stop, speeds no vehicle has, services that never run. reading: count. */
sund_code sund_feeds_read(sund_ctx *ctx, size_t count, const sund_source *source, const sund_crs *crs,
                          sund_feeds **out, sund_reading *reading, sund_findings *findings);

/* A stop of a service: a platform, or one of several readings of it where changing depends on routes or trips. */
typedef struct sund_service_stop {
  const char *id, *name; /* of the feed; several readings of a platform share them */
  size_t feed;
  double x, y;    /* analysis CRS                                        */
  size_t station; /* stops of one station share the number               */
} sund_service_stop;
typedef struct sund_service_route {
  const char *id, *name; /* short name, else long name                        */
  int type;              /* GTFS route_type, basic: extended types are mapped; 4 = ferry */
  size_t feed;
} sund_service_route;
/* The trips of a day and those of the day before and after that run in a part of it. Seconds are after midnight of that
 * day as a clock without summer time would show them: GTFS counts from noon minus 12 hours, and so do we. */
typedef struct sund_service {
  int64_t day; /* days after 1970-01-01                                */
  size_t stops;
  sund_service_stop *stop;
  size_t routes;
  sund_service_route *route;
  sund_trips trips;
  const char **trip; /* names of sund_trips.name                              */
  uint8_t *bikes;    /* trips: 1 = bicycles may come, 2 = not, 0 = not said    */
  sund_links links;  /* transfers.txt, pathways.txt; where two stops have one nobody walks otherwise */
  size_t forbidden;  /* pairs of stops between which one cannot change: no walk either */
  uint32_t *no_from, *no_to;
} sund_service;
enum { SUND_ANY_DAY = -1 };
typedef struct sund_service_ask {
  int64_t day; /* SUND_ANY_DAY = the Tuesday with most trips among the days all feeds know, of equal ones the first */
  int32_t begin_s, end_s; /* trips that can be boarded from begin_s and have not left by end_s            */
  size_t closed;          /* routes that do not run, by id                                               */
  const char *const *close;
} sund_service_ask;
/* Trips that two feeds both know (or of which each knows a half) become one, and stops within 250 m that they share are
 * linked; what was joined is told. Blocks are joined to one trip (one stays seated). SUND_DATA when a day has no trip,
 * naming the days the feeds know. */
sund_code sund_feeds_service(sund_ctx *ctx, const sund_feeds *feeds, const sund_service_ask *ask, sund_service **out,
                             sund_findings *findings);
/* A clock on the wall of that day as seconds of its service. They differ on the days of the time change only, before it:
 * on 2026-03-29 the clock's 01:30 is 02:30:00 of the timetable. Of a time the clock shows twice the second is meant, of
 * one that it leaves out the first it shows again. The clock is that of the first feed. */
sund_code sund_feeds_clock(sund_ctx *ctx, const sund_feeds *feeds, int64_t day, int32_t clock_s, int32_t *service_s);
/* SUND_USAGE when the clock leaves that time out. */
sund_code sund_feeds_shown(sund_ctx *ctx, const sund_feeds *feeds, int64_t day, int32_t clock_s);
/* "2026-11-24" to days and back (text in the arena); false = no date. */
bool sund_day_read(const char *text, int64_t *day);
const char *sund_day_text(sund_ctx *ctx, int64_t day);

/* Writes a grid as Cloud Optimized GeoTIFF, float32, DEFLATE, heights named in the CRS (compound) when given. */
sund_code sund_raster_write(sund_ctx *ctx, const char *path, const sund_grid *grid, const char *crs,
                            const char *heights);

/* -------------------------------------------------------------------------------------------------------- result */

/* A result of sund, read back: for `sund explain` and `sund trend`. Read-only, closed with the context. */
typedef struct sund_result sund_result;
/* SUND_SOURCE when the file is not there, no GeoPackage, or has no tables `run` and `indicators`. Opened immutable: a
 * result on a read-only medium works, nothing is written beside it. */
sund_code sund_result_open(sund_ctx *ctx, const char *path, sund_result **out);
/* The analysis CRS of the result. */
const sund_crs *sund_result_crs(const sund_result *result);
/* A table whole, rows in stored order, columns typed as declared (REAL, INTEGER, TEXT; `fid` and geometry are no
 * columns; feature = fid), geometry as written. *out NULL when there is no table of that name. columns: names to read,
 * ended by NULL, or NULL = all; names that are not there are left out; in the table's order. match: a column and the text
 * it must equal (numbers as SQLite compares them with a text of digits), or NULL; no row when there is no such column.
 * Damage is SUND_SOURCE naming file, layer and fid. */
typedef struct sund_match {
  const char *column;
  const char *text;
} sund_match;
sund_code sund_result_table(sund_ctx *ctx, const sund_result *result, const char *name, const char *const *columns,
                            const sund_match *match, sund_table **out);

/* ---------------------------------------------------------------------------------------------------------- json */

/* A member of a JSON document: a text, or a table as a list of objects (geometry left out, unknown = null). */
typedef struct sund_json_member {
  const char *name;
  const char *text; /* used when table is NULL */
  const sund_table *table;
} sund_json_member;
/* The document as indented UTF-8 text, members and columns in the order given. */
sund_code sund_json_write(sund_ctx *ctx, size_t count, const sund_json_member *member, const char **out);

/* Versions of the libraries at work: "GDAL 3.6.2, GEOS 3.11.1, ..." */
sund_code sund_library_versions(sund_ctx *ctx, const char **out);

/* ---------------------------------------------------------------------------------------------------------- gpkg */

/* How a layer is drawn in QGIS. Colours are "#rrggbb". */
typedef struct sund_class {
  double low, high;  /* graduated: low <= value <= high       */
  const char *value; /* categorised                           */
  const char *colour;
  const char *label[3]; /* da, sv, en                            */
} sund_class;
typedef struct sund_style {
  const char *column; /* NULL = one symbol                     */
  bool graduated;     /* else categorised by value             */
  const sund_class *classes;
  size_t count;             /* at least one; the first is the single symbol */
  double size_mm;           /* point diameter or line width          */
  double opacity;           /* 0..1, fill of areas                   */
  const char *label_column; /* text drawn beside features, or NULL */
  unsigned smallest_scale;  /* 50000: drawn from 1:50 000 inwards; 0 = always */
  /* Areas that lie within each other: drawn from the largest value of `column` down, with outlines of their own colour,
   * size_mm wide; the opacity is that of the layer as a whole, so that no colours mix. */
  bool nested;
} sund_style;

/* A table to be written, with what describes it. */
typedef struct sund_layer {
  const sund_table *table; /* table->name is the layer's                      */
  const char *title[3];    /* da, sv, en                                      */
  const char *summary[3];  /* what a row is, which method                     */
  const sund_style *style; /* NULL for tables without geometry                */
  bool indexed;            /* with an R-tree (areas, lines, points)           */
  bool multi;              /* declare MULTI... for lines and areas            */
  bool kept;               /* written also without a row: others ask for it by name             */
  const char *history;     /* lines of provenance for QGIS' metadata, or NULL */
} sund_layer;

typedef struct sund_gpkg_spec {
  const char *path;    /* target                                          */
  bool overwrite;      /* replace an existing file                        */
  const sund_crs *crs; /* of all layers                                   */
  int language;        /* 0 da, 1 sv, 2 en: of the default style          */
  const char *date;    /* last_change, "2024-01-31T00:00:00.000Z"         */
  const char *record;  /* JSON: machine-readable provenance of the run    */
  size_t layers;
  const sund_layer *layer;
  struct sund_raster_draft *rasters; /* drafts, published together with it; or NULL */
} sund_gpkg_spec;

/* Writes a GeoPackage 1.3.1 as a hidden temporary beside the target, proves it (integrity_check, foreign keys,
 * rtreecheck, row counts), and publishes it by rename; see docs/geopackage.md for the protocol. SUND_OUTPUT when the
 * target exists and overwrite is off, is open elsewhere, is a symbolic link, the folder is missing, the disk is full. */
sund_code sund_gpkg_write(sund_ctx *ctx, const sund_gpkg_spec *spec);
/* Can the target be written? The checks of sund_gpkg_write that need no result, to fail before the work. */
sund_code sund_gpkg_target(sund_ctx *ctx, const char *path, bool overwrite);

/* ------------------------------------------------------------------------------------------------------ rasters */

/* A raster to be written: 16-bit cells, metres = raw * scale + offset. */
typedef struct sund_raster {
  const char *suffix;   /* "first_wet": RESULT_first_wet.tif                            */
  const char *title[3]; /* da, sv, en                                                   */
  sund_lattice lattice;
  const char *crs;     /* code or WKT                                                  */
  const char *heights; /* of the values, or NULL                                       */
  double scale, offset;
  uint16_t nodata; /* raw                                                          */
  const sund_class *classes;
  size_t count;   /* colours by metres, rising: for QGIS        */
  double opacity; /* 0..1                                                         */
  /* Cells of a window, row by row. Calling thread only. */
  sund_code (*read)(sund_ctx *ctx, void *data, const sund_window *window, uint16_t *cells);
  void *data;
} sund_raster;

/* Several files that appear together or not at all: drafts are made first, then all are published. */
typedef struct sund_raster_draft sund_raster_draft;
/* Can the rasters of a result be written? Called before the work, as sund_gpkg_target. prefix: what their suffixes begin
 * with; without overwrite no raster or style RESULT_prefix* may be there, unless sund wrote it for another result. */
sund_code sund_rasters_target(sund_ctx *ctx, const char *result, size_t count, const char *const *prefix,
                              bool overwrite);
/* Writes the rasters of a result beside it as hidden temporaries: Cloud Optimized GeoTIFF, tiles of 512, ZSTD,
 * overviews by the nearest cell, and QGIS' style (RESULT_first_wet.qml) in a language. Read back and compared. */
sund_code sund_rasters_draft(sund_ctx *ctx, const char *result, size_t count, const sund_raster *raster, int language,
                             bool overwrite, sund_raster_draft **out);
/* For a result that is overwritten, after the drafts and before the publishing: rasters RESULT_prefix*.tif that sund wrote
 * for it earlier and that are not among the drafts go away, with their styles, when all is published. Others stay. */
sund_code sund_rasters_replace(sund_ctx *ctx, sund_raster_draft *draft, const char *result, size_t count,
                               const char *const *prefix);
/* Publishes them on their own. With a GeoPackage its writer does that (sund_gpkg_spec.rasters): after it is proved and
 * before it is renamed; when the rename fails the older rasters come back. */
sund_code sund_rasters_publish(sund_ctx *ctx, sund_raster_draft *draft);

#endif
