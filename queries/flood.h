/* flood.h - inside of the query `flood`: what its files hand to each other. Method, rules and limits: docs/flood.md.
 *
 * Order of a run: flood_options_read, flood_levels_read, flood_sites_open (terrains, sea, barriers, openings; the flooding
 * itself), then the measures, each from the sites and levels alone and each with its own layers and indicators:
 * homes, extents and curve, coast, paths, green, saddles, closings and walls, yearly exposure, probability.
 *
 * Levels everywhere are metres in the height system of the results. A site has heights of its own: site->up_m is added
 * to them. All thresholds of a site are raw values of its flood.
 */
#ifndef SUND_QUERIES_FLOOD_H
#define SUND_QUERIES_FLOOD_H

#include "homes.h"
#include "sund/queries.h"

/* The rule kamp: so much water within 1 m of the building, metres. */
#define FLOOD_KAMP_M 0.20

typedef enum flood_rule { FLOOD_TOUCH, FLOOD_KAMP, FLOOD_SILL, FLOOD_MEDIAN, FLOOD_RULES } flood_rule;

/* As read by the option table; flood_options_read makes the run's own copy and fills the last block. */
typedef struct flood_options {
  sund_numbers levels; /* metres, results' height system                             */
  sund_strings seeds;  /* sea, edge, nodata                                          */
  const char *connectivity, *rule, *errors, *difference;
  double step_m, offset_m;
  double sill_m;         /* height of door sills over the ground                       */
  double least_ha;       /* basins without homes are told from this size on            */
  bool depths;           /* a raster of the depth at every level                         */
  double close;          /* saddles to be closed one after the other                   */
  double crown_m, slope; /* cross-section of a dike: width of its crown; metres out a metre up, each side */
  double sigma_level_m;
  double tile, memory_mb;
  const char *spool;
  sund_strings height_shift;        /* rules of sund_heights_step                                   */
  sund_numbers cap, mean, close_to; /* none or one value                                            */
  sund_numbers sigma_terrain;       /* one value, or one a terrain                                  */
  double sigma_terrain_m;           /* the first of them                                            */
  double cap_m;                     /* NAN = chosen: the highest level + 2 m, at least 5 m          */
  double mean_m;                    /* present mean level of the sea, NAN = not said                */
  double close_to_m;                /* saddles are closed up to this level, NAN = the highest level */
} flood_options;

/* A level asked for: of `levels`, or an event. */
typedef struct flood_level {
  const char *variant; /* "1.50", or the event's name                                       */
  bool event;
  double *level_m;    /* zones: results' heights; NAN = the event says nothing of the zone. At least one is finite */
  double period_y;    /* return period, NAN = none                                         */
  int64_t year;       /* SUND_NULL_INT = not said                                          */
  double sigma_m;     /* uncertainty of level_m beside the run's: of its height step, of a gauge's tail */
  const char *source; /* of the event, or NULL                                             */
} flood_level;

/* Zones of the sea and the levels asked for in them. */
typedef struct flood_levels {
  size_t zones;      /* those that events name, and one for the rest of the sea, if any   */
  const char **zone; /* zones: name; NULL for the last one when it is the rest, or all    */
  size_t count;
  flood_level *level; /* count: levels rising, then events in the order of the table       */
  double highest_m;   /* largest level of all                                              */
  double mean_m;      /* present mean level: asked, or of an event named mean; NAN         */
  const char *mean_source;
} flood_levels;

/* One terrain, flooded. */
typedef struct flood_site {
  const sund_terrain *terrain;
  const char *suffix; /* of its raster of first-wet levels: "first_wet", "first_wet_2" */
  sund_flood *flood;
  const sund_flood_spec *spec;
  sund_op *to_raster, *to_map; /* analysis CRS to the terrain's, and back */
  sund_ground *ground;         /* of the terrain's CRS                    */
  double up_m, up_sigma_m;     /* level in results' heights = height in the terrain's + up_m; its uncertainty */
  double sigma_m;              /* standard deviation of its heights       */
  bool *has_zone;              /* levels.zones: this zone of the sea touches land here; NULL = all do */
  int32_t *threshold; /* levels.count x levels.zones: raw of sund_flood_threshold, -1 = dry everywhere there */
} flood_site;

/* A home as the measures see it. Row i of homes. */
typedef struct flood_home {
  size_t site;               /* SIZE_MAX = no terrain there                                    */
  sund_cell cell;            /* the cell that decides `first_wet` by the rule asked for        */
  double ground_m;           /* results' heights; lowest ground under it; NAN unknown          */
  double wet_m[FLOOD_RULES]; /* first-wet level by each rule, results' heights; NAN = not below the cap */
  bool lifted;               /* its cells were a block above everything around                 */
  uint8_t *wet;              /* levels.count: 1 = wet by the rule asked for, zones respected   */
  double *zone_m;            /* levels.zones: first-wet level from that zone's sea, rule asked for; NAN = never */
} flood_home;

typedef struct flood_run {
  const sund_inputs *in;
  const flood_options *asked;
  sund_results *out;
  flood_rule rule;
  unsigned seeds;
  int connectivity;
  flood_levels levels;
  size_t sites;
  flood_site *site;
  homes *homes;                      /* NULL without homes                     */
  flood_home *home;                  /* homes->count                           */
  const struct flood_places *places; /* the cells homes stand on: flood_homes.c */
  size_t *decides;                   /* homes: row of `saddle`, SIZE_MAX = own ground or dry */
  size_t *through;                   /* homes: the same, nearest on its way    */
  size_t saddles;
  struct flood_saddle *saddle;
  const struct flood_area *area;   /* set by flood_area_measure                  */
  const struct flood_coast *coast; /* set by flood_coast_find at its first call */
  const char *method;              /* "flood/1#....": changes with all that changes the meaning of numbers */
} flood_run;

/* A saddle of any site with what lies behind it; flood_saddles.c. */
typedef struct flood_saddle {
  size_t site;
  sund_saddle at;                     /* parent: row of flood_run.saddle                      */
  const char *id;                     /* "S1": by crest, rising                               */
  double crest_m;                     /* results' heights                                     */
  double x, y;                        /* analysis CRS                                         */
  double homes_behind, homes_through; /* decided by it; whose water comes through it at all */
  double persons_behind, persons_through;
  bool at_edge;     /* at the raster's edge: what lies beyond is not known */
  double volume_m3; /* of the basin up to the crest */
  double
      fill_h; /* hours to fill it through the opening under half a metre of head, at the least; NAN = width unknown */
  double area_m2;                                    /* of the basin lower than the crest, ground            */
  double width_m, width_5_m, width_10_m, width_20_m; /* ground metres at the crest and 5, 10, 20 cm above; NAN */
  double bias_m;                                     /* how much noise is expected to have lowered the crest, <= 0 */
  double next_m, next_x, next_y;                     /* the next way in once it is closed; NAN = not below the cap */
  double homes_held;                                 /* dry up to next_m when it is closed, wet below that now */
  double persons_held;
} flood_saddle;

/* ------------------------------------------------------------------------------------------------ flood_options.c */
sund_code flood_options_read(sund_ctx *ctx, flood_run *run);
sund_code flood_options_check(sund_ctx *ctx, uint32_t roles, const void *asked);

/* ------------------------------------------------------------------------------------------------- flood_levels.c */
sund_code flood_levels_read(sund_ctx *ctx, flood_run *run);
/* Is there sea, by the areas or the zones of the sea, that fits none of the zones named so far? flood_zones.c. */
bool flood_zones_rest(const flood_run *run);
/* Is something wet at level l when its first-wet raw values from each zone of the sea are wet[0 .. zones - 1]? */
bool flood_is_wet(const flood_run *run, const flood_site *site, size_t l, const uint16_t *wet);
/* "1.50": a level in a column or variant; column names have `_` for `.` and `m` for `-`. NULL without memory. */
const char *flood_level_column(sund_ctx *ctx, const char *prefix, const flood_level *level);
/* Columns of a layer: `common` ones, then `each` for every level. A name of each is a prefix, or has a * where the level
 * stands ("wet_*_ha"); labels end with the level. */
typedef struct flood_columns {
  size_t common_count, each_count;
  const sund_field *common, *each;
} flood_columns;
sund_code flood_level_fields(sund_ctx *ctx, const flood_run *run, const flood_columns *columns, sund_field **out);

/* -------------------------------------------------------------------------------------------------- flood_sites.c */
/* Before the levels are read: SUND_USAGE when it is not known which height system they are in. */
sund_code flood_sites_heights(sund_ctx *ctx, const flood_run *run);
sund_code flood_sites_open(sund_ctx *ctx, flood_run *run);
/* What is added to the heights of a role's lines to bring them to the site's terrain, by source of the table; those that
 * do not say their system are in the terrain's. With `told`, what was
 * done is told in `sources`: ctx then lives as long as the results. */
sund_code flood_line_steps(sund_ctx *ctx, const flood_run *run, const flood_site *site, sund_role role, bool told,
                           const double **add_m);
/* Does a level or event say anything of a site? An event of a zone that does not touch it does not: its water there is
 * not known, which is not the same as dry. */
bool flood_speaks(const flood_run *run, const flood_site *site, size_t level);
/* Metres in results' heights of a raw value of a site; NAN for SUND_NEVER. */
double flood_metres(const flood_site *site, uint16_t raw);
/* ------------------------------------------------------------------------------------------------- flood_frame.c */

/* The centre of a cell in the analysis CRS. */
sund_code flood_cell_place(sund_ctx *ctx, const flood_site *site, sund_cell cell, double *x, double *y);
/* Ground square metres of a cell of the site; ground metres a map metre there. */
double flood_cell_m2(const flood_site *site, sund_cell cell);
double flood_ground_scale(const flood_site *site, sund_cell cell);
/* Shapes in a site's CRS: long edges are cut every 500 m first, so that they stay where they were. */
sund_code flood_to_raster(sund_ctx *ctx, const flood_site *site, const sund_shapes *shapes, sund_shapes **out);
/* Shapes of a site in the analysis CRS, vertex by vertex. */
sund_code flood_to_map(sund_ctx *ctx, const flood_site *site, sund_shapes *shapes);

/* The measures. Each adds its layers, indicators and findings to run->out. */
sund_code flood_homes_measure(sund_ctx *ctx, flood_run *run); /* flood_homes.c: homes, home; no layer yet        */
/* Answers for all homes from the floods as they are now, after flood_homes_measure. home: homes->count, the caller's;
 * wet and zone_m are allocated. */
sund_code flood_homes_again(sund_ctx *ctx, const flood_run *run, flood_home *home);
sund_code flood_saddles_measure(sund_ctx *ctx,
                                flood_run *run); /* flood_saddles.c: saddle, decides, through; flood_saddles */
sund_code flood_saddles_write(sund_ctx *ctx, flood_run *run, sund_shapes *const *way); /* flood_saddles_write.c */
sund_code flood_homes_report(sund_ctx *ctx,
                             flood_run *run); /* flood_homes_report.c: flood_homes, flood.homes, flood.persons */
sund_code flood_area_measure(sund_ctx *ctx,
                             flood_run *run); /* flood_area.c: flood_extents, flood_curve, flood.area */
sund_code flood_coast_measure(sund_ctx *ctx, flood_run *run); /* flood_coast.c: coast_lines, coast.exposed        */
sund_code flood_paths_measure(sund_ctx *ctx, flood_run *run); /* flood_paths.c: flood_paths, flood.paths          */
sund_code flood_green_measure(sund_ctx *ctx, flood_run *run); /* flood_green.c: flood_green, flood.green          */
sund_code flood_risk_measure(sund_ctx *ctx, flood_run *run);  /* flood_risk.c: flood.ead_persons ...; flood_tails  */
sund_code flood_walls_measure(sund_ctx *ctx, flood_run *run); /* flood_walls.c: flood_closings, flood_walls        */

/* Area that gets wet, by unit: flood_area.c. In centimetres of the results' height system. */
typedef struct flood_area {
  int32_t first_cm;   /* level of bin 0                                                            */
  size_t bins;        /* up to the cap                                                             */
  double *at_m2;      /* units x bins: ground m2 that get wet above the level before, up to this one */
  double *covered_m2; /* units: land whose ground is known, and sea                                      */
  double *known_m2;   /* units: land whose ground is known                                         */
  bool *said;         /* units x levels: some terrain of the unit knows the level, see flood_speaks          */
  double *level_m2;   /* units x levels: wet                                                       */
  double *level_m3;   /* units x levels: water on it                                               */
} flood_area;
/* The smallest centimetre at or above a level. */
int32_t flood_centimetre(double level_m);
/* Walks all sites. */
sund_code flood_area_walk(sund_ctx *ctx, const flood_run *run, flood_area **out);
/* What the other connectivity would give: flood_difference.c. */
sund_code flood_difference_measure(sund_ctx *ctx, flood_run *run);
bool flood_difference_wanted(const flood_run *run, double cells);
sund_code flood_curve_write(sund_ctx *ctx, flood_run *run, const flood_area *area);   /* flood_curve.c   */
sund_code flood_extents_write(sund_ctx *ctx, flood_run *run, const flood_area *area); /* flood_extents.c */

/* Units of one level (municipalities, districts ...), for whoever asks which unit holds a cell. */
typedef struct flood_units {
  size_t groups;
  sund_cells **cells; /* groups: NULL without areas, then everything is unit 0 */
  size_t *count;      /* groups: rows of the cells                             */
  size_t **unit;      /* groups: row of the cells to the reporting unit        */
} flood_units;
sund_code flood_units_open(sund_ctx *ctx, const flood_run *run, const flood_site *site, flood_units *out);
/* Id and name of a reporting unit: "all" without areas. */
const char *flood_unit_text(sund_ctx *ctx, const flood_run *run, size_t unit, const char *column);

/* An indicator a unit and level from sums, NULL where no terrain of the unit knows the level: flood_area.c. */
typedef struct flood_sums {
  const char *indicator, *unit;
  double by;         /* the sums are multiplied with it       */
  const double *sum; /* units x levels                        */
  bool of_land;      /* with the unit's known land as base    */
} flood_sums;
sund_code flood_sums_tell(sund_ctx *ctx, const flood_run *run, const flood_sums *what);

/* Rasters beside the result: flood_rasters.c. What their suffixes begin with; after the second comes the level or event. */
#define FLOOD_WET_RASTER "first_wet"
#define FLOOD_DEPTH_RASTER "depth_"
sund_code flood_rasters_write(sund_ctx *ctx, flood_run *run);

/* First-wet level of a metre of coast, for the curve: flood_coast.c. Pieces of coast between which it changes. */
typedef struct flood_coast {
  size_t pieces;
  size_t *unit;   /* pieces: reporting unit                     */
  double *wet_m;  /* pieces: results' heights; NAN = never      */
  double *metres; /* pieces: ground metres                      */
} flood_coast;
sund_code flood_coast_find(sund_ctx *ctx, flood_run *run, const flood_coast **out);

/* P(wet) of a home at a level and what can be said: flood_odds.c. NAN where the level says nothing of it. */
typedef enum flood_say { FLOOD_DRY, FLOOD_CANNOT_SAY, FLOOD_WET } flood_say;
sund_code flood_odds(sund_ctx *ctx, const flood_run *run, size_t home, size_t level, double *probability,
                     flood_say *say);

/* Adds a finding about the run. */
sund_code flood_note(sund_ctx *ctx, flood_run *run, const char *severity, const char *source, const char *text,
                     double x, double y);

#endif
