/* osm_modes.h - rules of ways by mode: what the profile says, and what it says of one way. Private to layers/.
 *
 * Order of calls: osm_modes_read once, then osm_judge way by way, from any thread.
 */
#ifndef SUND_LAYERS_OSM_MODES_H
#define SUND_LAYERS_OSM_MODES_H

#include "osm.h"
#include "schema.h"

/* On foot, by bicycle, by car: SUND_WALK, SUND_BIKE, SUND_CAR. */
enum { OSM_MODES = 3 };

/* Words with a speed each, km/h; NAN = as fast as the traveller goes. */
typedef struct osm_speeds {
  size_t count;
  const char **word;
  double *kmh;
} osm_speeds;

/* Keys with values that matter. */
typedef struct osm_values {
  size_t count;
  const char **key;
  schema_words *value;
} osm_values;

/* Keys whose values bound the speed. */
typedef struct osm_bounds {
  size_t count;
  const char **key;
  osm_speeds *most;
} osm_bounds;

typedef struct osm_mode_rules {
  schema_words access;           /* keys, the first that says something decides                       */
  schema_words open, shut, last; /* their values; last: for those whose way begins or ends there      */
  schema_words pushed;           /* values that let a bicycle be pushed                               */
  double pushed_kmh;
  osm_values unless_opened; /* these shut a way, unless a key of `access` opens it               */
  osm_speeds classes;       /* classes that are open by themselves                               */
  osm_speeds opened;        /* speed where a key of `access` opens it                            */
  double otherwise;         /* of classes in neither, km/h                                       */
  osm_bounds most;
  schema_words oneway; /* keys; the first is the mode's own and stronger than `both`        */
  osm_values both, implied;
  schema_words barriers; /* values of barrier=* on nodes that stop the mode                   */
  schema_words vehicles; /* what turn restrictions call it; none = they do not hold for it    */
} osm_mode_rules;

typedef struct osm_country {
  const char *code;
  osm_speeds zone;
} osm_country;

typedef struct osm_limits {
  schema_words tags;
  double share; /* of a limit that is driven */
  osm_speeds words;
  schema_words slow;
  size_t zones;
  const char **zone_class, **zone;
  size_t countries;
  osm_country *country;
} osm_limits;

typedef struct osm_rules {
  schema_words ways, never;
  osm_limits limits;
  osm_mode_rules mode[OSM_MODES];
} osm_rules;

/* Reads the section `modes` of a profile; notes what is wrong with it. */
sund_code osm_modes_take(schema_walk *walk, const sund_node *node, osm_rules *out);
/* The same of a source's profile; node NULL = of the profile osm. */
sund_code osm_modes_read(sund_ctx *ctx, const sund_node *node, osm_rules **out);

typedef enum osm_oneway { OSM_BOTH, OSM_FORWARD, OSM_BACKWARD } osm_oneway;
/* What the rules say of a way for a mode. */
typedef struct osm_verdict {
  bool open;
  bool last; /* open for those whose way begins or ends there, here for all */
  osm_oneway oneway;
  double kmh; /* NAN = as fast as the traveller goes */
} osm_verdict;
/* The class of a way: the value of the first key of `ways` that it has; NULL when it is no way or never one. */
const char *osm_class(const osm_rules *rules, osm_tags tags);
osm_verdict osm_judge(const osm_rules *rules, sund_mode mode, const char *class, const char *country, osm_tags tags);
/* May a mode pass a node with these tags? */
bool osm_passes(const osm_rules *rules, sund_mode mode, osm_tags tags);
/* A limit as tagged ("50", "30 mph", "DK:urban", "none"), km/h; NAN = it says nothing. */
double osm_limit(const osm_limits *limits, const char *text);

#endif
