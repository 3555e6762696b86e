/* osm_judge.c - what the rules of modes say of one way or node of OpenStreetMap: open or shut, which direction, how fast.
 *
 * Access: the mode's own tags from the most special to the most general; the first with a value that the rules know
 * decides; `agricultural;forestry` is open when one of them is, shut when one is shut. Without a word the class decides.
 * Nothing is allocated, nothing fails: any number of threads may ask.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "osm_modes.h"

/* ----------------------------------------------------------------------------------------------------------- words */

/* Is the word (length letters) in the list? */
static bool has(const schema_words *list, const char *word, size_t length) {
  for (size_t k = 0; k < list->count; k++)
    if (strncmp(list->word[k], word, length) == 0 && list->word[k][length] == '\0') return true;
  return false;
}

/* Is one of the values of `a;b;c` in the list? */
static bool any_of(const schema_words *list, const char *values) {
  for (const char *at = values; *at;) {
    at += strspn(at, " ;");
    const size_t length = strcspn(at, ";");
    if (length && has(list, at, length)) return true;
    at += length;
  }
  return false;
}

static bool fits(const osm_values *values, osm_tags tags) {
  for (size_t k = 0; k < values->count; k++) {
    const char *value = osm_value(tags, values->key[k]);
    if (value && any_of(&values->value[k], value)) return true;
  }
  return false;
}

/* The row of a word, SIZE_MAX = none. */
static size_t speed_of(const osm_speeds *speeds, const char *word) {
  for (size_t k = 0; k < speeds->count; k++)
    if (strcmp(speeds->word[k], word) == 0) return k;
  return SIZE_MAX;
}

const char *osm_class(const osm_rules *rules, osm_tags tags) {
  for (size_t k = 0; k < rules->ways.count; k++) {
    const char *way = rules->ways.word[k], *equals = strchr(way, '=');
    for (size_t i = 0; i < tags.count; i++) {
      const size_t length = equals ? (size_t)(equals - way) : strlen(way);
      const char *value = tags.tag[i].value;
      if (strncmp(tags.tag[i].key, way, length) != 0 || tags.tag[i].key[length]) continue;
      if (equals && strcmp(equals + 1, value) != 0) continue;
      return has(&rules->never, value, strlen(value)) ? NULL : value;
    }
  }
  return NULL;
}

/* ---------------------------------------------------------------------------------------------------------- access */

typedef enum word_of_access { SAYS_NOTHING, OPEN, LAST, PUSHED, SHUT } word_of_access;

/* general: said by the last key, which is for everyone. */
static word_of_access access_of(const osm_mode_rules *mode, osm_tags tags, bool *general) {
  for (size_t k = 0; k < mode->access.count; k++) {
    const char *value = osm_value(tags, mode->access.word[k]);
    if (!value) continue;
    *general = k + 1 == mode->access.count;
    if (any_of(&mode->open, value)) return OPEN;
    if (any_of(&mode->last, value)) return LAST;
    if (any_of(&mode->pushed, value)) return PUSHED;
    if (any_of(&mode->shut, value)) return SHUT;
  }
  return SAYS_NOTHING;
}

bool osm_passes(const osm_rules *rules, sund_mode mode, osm_tags tags) {
  const osm_mode_rules *own = &rules->mode[mode];
  const char *barrier = osm_value(tags, "barrier");
  bool general = false;
  const word_of_access said = access_of(own, tags, &general);
  if (!barrier) return true;
  return said == SAYS_NOTHING ? !any_of(&own->barriers, barrier) : said != SHUT;
}

/* ---------------------------------------------------------------------------------------------------------- oneway */

static const char *const forward_words[] = {"yes", "true", "1", NULL};
static const char *const backward_words[] = {"-1", "reverse", NULL};
static const char *const both_words[] = {"no", "false", "0", NULL};

static bool is_word(const char *const *list, const char *word) {
  for (; *list; list++)
    if (strcmp(*list, word) == 0) return true;
  return false;
}

/* What a key says; false = nothing. */
static bool read_oneway(osm_tags tags, const char *key, osm_oneway *out) {
  const char *value = osm_value(tags, key);
  if (!value) return false;
  const bool forward = is_word(forward_words, value), backward = is_word(backward_words, value);
  *out = forward ? OSM_FORWARD : backward ? OSM_BACKWARD : OSM_BOTH;
  return forward || backward || is_word(both_words, value);
}

static osm_oneway oneway_of(const osm_mode_rules *mode, osm_tags tags) {
  osm_oneway said = OSM_BOTH;
  for (size_t k = 0; k < mode->oneway.count; k++) {
    if (k == 1 && fits(&mode->both, tags)) return OSM_BOTH;
    if (read_oneway(tags, mode->oneway.word[k], &said)) return said;
  }
  return fits(&mode->implied, tags) ? OSM_FORWARD : OSM_BOTH;
}

/* ----------------------------------------------------------------------------------------------------------- speed */

#define MPH_KMH 1.609344
#define KNOT_KMH 1.852

static const osm_speeds *zones_of(const osm_limits *limits, const char *country, size_t length) {
  for (size_t k = 0; k < limits->countries; k++)
    if (strncmp(limits->country[k].code, country, length) == 0 && !limits->country[k].code[length])
      return &limits->country[k].zone;
  return NULL;
}

/* A number with its unit; NAN when there is none. */
static double read_number(const char *text) {
  char digits[16], *end = NULL;
  const size_t length = strspn(text, "0123456789.");
  double value = 0;
  if (length == 0 || length >= sizeof digits) return NAN;
  memcpy(digits, text, length);
  digits[length] = '\0';
  if (!sund_number_read(digits, &value)) return NAN;
  for (text += length; *text == ' ';) text++;
  end = strchr(text, ';');
  const size_t unit = end ? (size_t)(end - text) : strlen(text);
  if (unit == 3 && strncmp(text, "mph", unit) == 0) return value * MPH_KMH;
  if (unit == 5 && strncmp(text, "knots", unit) == 0) return value * KNOT_KMH;
  const bool metric = unit == 0 || strncmp(text, "km/h", unit) == 0 || strncmp(text, "kmh", unit) == 0;
  return metric ? value : NAN;
}

/* One value: a number, a word, or a zone of a country. */
static double read_limit(const osm_limits *limits, const char *text) {
  char word[32];
  const size_t length = strcspn(text, ";");
  if (isdigit((unsigned char)*text)) return read_number(text);
  if (length == 0 || length >= sizeof word) return NAN;
  memcpy(word, text, length);
  word[length] = '\0';
  char *colon = strchr(word, ':');
  const char *tail = colon ? colon + 1 : word;
  const osm_speeds *zones = colon ? zones_of(limits, word, (size_t)(colon - word)) : NULL;
  size_t row = zones ? speed_of(zones, tail) : SIZE_MAX;
  if (row != SIZE_MAX) return zones->kmh[row];
  if ((row = speed_of(&limits->words, tail)) != SIZE_MAX) return limits->words.kmh[row];
  if (strncmp(tail, "zone", 4) == 0) return read_number(tail + 4 + (tail[4] == ':'));
  return colon && isdigit((unsigned char)*tail) ? read_number(tail) : NAN;
}

double osm_limit(const osm_limits *limits, const char *text) {
  double least = NAN;
  while (*text) {
    text += strspn(text, " ;");
    const double kmh = read_limit(limits, text);
    if (kmh > 0) least = fmin(least, kmh);
    text += strcspn(text, ";");
  }
  return least;
}

static double signed_limit(const osm_limits *limits, osm_tags tags) {
  double kmh = NAN;
  for (size_t k = 0; k < limits->tags.count && isnan(kmh); k++) {
    const char *value = osm_value(tags, limits->tags.word[k]);
    if (value) kmh = osm_limit(limits, value);
  }
  return kmh;
}

/* The limit of a country for ways of a class; NAN when nobody knows. */
static double usual_limit(const osm_limits *limits, const char *class, const char *country) {
  const osm_speeds *zones = country ? zones_of(limits, country, strlen(country)) : NULL;
  const char *zone = NULL;
  for (size_t k = 0; k < limits->zones && zones; k++)
    if (strcmp(limits->zone_class[k], class) == 0 || (!zone && strcmp(limits->zone_class[k], "*") == 0)) {
      zone = limits->zone[k];
      if (*limits->zone_class[k] != '*') break;
    }
  const size_t row = zone ? speed_of(zones, zone) : SIZE_MAX;
  return row == SIZE_MAX ? NAN : zones->kmh[row];
}

/* What a car drives: fmin passes a NAN over. */
static double driven(const osm_limits *limits, const char *class, const char *country, osm_tags tags, double kmh) {
  const double stated = limits->share * signed_limit(limits, tags);
  if (isnan(stated)) return fmin(kmh, limits->share * usual_limit(limits, class, country));
  return has(&limits->slow, class, strlen(class)) ? fmin(kmh, stated) : stated;
}

static double bounded(const osm_bounds *bounds, osm_tags tags, double kmh) {
  for (size_t k = 0; k < bounds->count; k++) {
    const char *value = osm_value(tags, bounds->key[k]);
    const size_t row = value ? speed_of(&bounds->most[k], value) : SIZE_MAX;
    if (row != SIZE_MAX) kmh = fmin(kmh, bounds->most[k].kmh[row]);
  }
  return kmh;
}

/* ------------------------------------------------------------------------------------------------------- the whole */

osm_verdict osm_judge(const osm_rules *rules, sund_mode mode, const char *class, const char *country, osm_tags tags) {
  const osm_mode_rules *own = &rules->mode[mode];
  const osm_verdict shut = {.open = false, .kmh = NAN};
  bool general = false;
  const word_of_access said = access_of(own, tags, &general);
  const size_t by_class = speed_of(&own->classes, class), opened = speed_of(&own->opened, class);
  /* access=yes on a footway does not ask cars in: who is not meant by the class must be named. */
  if (said == SHUT || ((said == SAYS_NOTHING || general) && by_class == SIZE_MAX)) return shut;
  if (said == SAYS_NOTHING && fits(&own->unless_opened, tags)) return shut;
  osm_verdict verdict = {.open = true, .last = said == LAST, .oneway = oneway_of(own, tags), .kmh = own->otherwise};
  if (by_class != SIZE_MAX) verdict.kmh = own->classes.kmh[by_class];
  if ((said == OPEN || said == LAST) && !general && opened != SIZE_MAX) verdict.kmh = own->opened.kmh[opened];
  if (said == PUSHED) verdict.kmh = own->pushed_kmh;
  else if (mode == SUND_CAR) verdict.kmh = driven(&rules->limits, class, country, tags, verdict.kmh);
  verdict.kmh = bounded(&own->most, tags, verdict.kmh);
  return verdict;
}
