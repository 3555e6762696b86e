/* service_links.c - stops of a service and the links between them.
 *
 * For each two readings of stops the rule of the highest rank that fits both counts. Readings of one stop always have
 * a link (0 seconds when nothing is said), so that nobody has to find out that they are one place. A change that is
 * not possible is a pair of its own, and within one stop a link that takes a week.
 */
#include "service.h"

enum { NEVER_S = 7 * 86400, TIMED = 1, NOT_POSSIBLE = 3 };

typedef struct linking {
  service_build *b;
  const service_readings *readings;
  sund_service *out;
  size_t link_room, seconds_room, only_room, to_room, no_room, no_to_room;
} linking;

/* ---------------------------------------------------------------------------------------------------------- lists */

static sund_code add_link(linking *l, uint32_t from, uint32_t to, int32_t seconds, bool change_only) {
  sund_links *k = &l->out->links;
  sund_ctx *keep = l->b->keep;
  if (!(k->from = sund_grow(keep, k->from, &l->link_room, k->count + 1, sizeof *k->from)) ||
      !(k->to = sund_grow(keep, k->to, &l->to_room, k->count + 1, sizeof *k->to)) ||
      !(k->seconds = sund_grow(keep, k->seconds, &l->seconds_room, k->count + 1, sizeof *k->seconds)) ||
      !(k->change_only = sund_grow(keep, k->change_only, &l->only_room, k->count + 1, 1)))
    return SUND_LIMIT;
  k->from[k->count] = from, k->to[k->count] = to, k->seconds[k->count] = seconds;
  k->change_only[k->count++] = change_only;
  return SUND_OK;
}

static sund_code forbid(linking *l, uint32_t from, uint32_t to) {
  sund_service *out = l->out;
  if (!(out->no_from = sund_grow(l->b->keep, out->no_from, &l->no_room, out->forbidden + 1, sizeof *out->no_from)) ||
      !(out->no_to = sund_grow(l->b->keep, out->no_to, &l->no_to_room, out->forbidden + 1, sizeof *out->no_to)))
    return SUND_LIMIT;
  out->no_from[out->forbidden] = from;
  out->no_to[out->forbidden++] = to;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- rules */

/* Does what a rule says of one side fit a reading of a stop of `f`? */
static bool fits(const feed *f, uint32_t route, uint32_t trip, uint32_t token) {
  bool is_trip = token > f->routes;
  uint32_t own_trip = is_trip ? token - 1 - (uint32_t)f->routes : FEED_NONE;
  uint32_t own_route = is_trip ? f->trip[own_trip].route : token > 0 ? token - 1 : FEED_NONE;
  return (trip == FEED_NONE || trip == own_trip) && (route == FEED_NONE || route == own_route);
}

/* Type 0 without seconds between two stops says that one may change there, not how long it takes. */
static bool says_nothing(const service_rule *rule) {
  return rule->type == 0 && rule->from != rule->to && rule->seconds == FEED_UNTIMED;
}

static sund_code apply(linking *l, const service_rule *rule, uint32_t from, uint32_t to) {
  if (rule->type == NOT_POSSIBLE) {
    TRY(forbid(l, from, to));
    return rule->from == rule->to ? add_link(l, from, to, NEVER_S, true) : SUND_OK;
  }
  int32_t seconds = rule->seconds != FEED_UNTIMED ? rule->seconds : 0;
  return add_link(l, from, to, seconds, rule->change_only || rule->from == rule->to);
}

static const feed *feed_of(const service_build *b, uint32_t stop) {
  size_t i = 0;
  while (stop >= b->first_stop[i + 1]) i++;
  return &b->feeds->feed[i];
}

/* Rules begin .. end - 1 are of one pair of stops. */
static sund_code link_pair(linking *l, const service_rule *begin, const service_rule *end) {
  const service_readings *r = l->readings;
  const feed *one = feed_of(l->b, begin->from), *other = feed_of(l->b, begin->to);
  for (size_t i = r->first[begin->from]; i < r->first[begin->from + 1]; i++)
    for (size_t k = r->first[begin->to]; k < r->first[begin->to + 1]; k++) {
      const service_rule *rule = begin;
      while (rule < end && (says_nothing(rule) || !fits(one, rule->from_route, rule->from_trip, r->token[i]) ||
                            !fits(other, rule->to_route, rule->to_trip, r->token[k])))
        rule++;
      if (rule < end) TRY(apply(l, rule, (uint32_t)i, (uint32_t)k));
      else if (begin->from == begin->to && i != k) TRY(add_link(l, (uint32_t)i, (uint32_t)k, 0, true));
    }
  return SUND_OK;
}

static bool has_own_rule(const service_rules *rules, size_t at, uint32_t stop) {
  return at < rules->count && rules->rule[at].from == stop && rules->rule[at].to == stop;
}

static sund_code link_all(linking *l, const service_rules *rules) {
  const service_readings *r = l->readings;
  size_t at = 0;
  for (uint32_t s = 0; s < l->b->stops; s++) {
    bool own = r->first[s + 1] - r->first[s] < 2;
    while (at < rules->count && rules->rule[at].from == s) {
      size_t end = at;
      own = own || has_own_rule(rules, at, s);
      while (end < rules->count && rules->rule[end].from == s && rules->rule[end].to == rules->rule[at].to) end++;
      TRY(link_pair(l, rules->rule + at, rules->rule + end));
      at = end;
    }
    for (size_t i = r->first[s]; i < r->first[s + 1] && !own; i++)
      for (size_t k = r->first[s]; k < r->first[s + 1]; k++)
        if (i != k) TRY(add_link(l, (uint32_t)i, (uint32_t)k, 0, true));
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- stops */

static sund_code write_stops(linking *l) {
  const service_build *b = l->b;
  const service_readings *r = l->readings;
  sund_service *out = l->out;
  out->stops = r->count;
  if (!(out->stop = sund_alloc(b->keep, r->count, sizeof *out->stop))) return SUND_LIMIT;
  for (size_t k = 0, i = 0; k < r->count; k++) {
    while (r->stop[k] >= b->first_stop[i + 1]) i++;
    const feed *f = &b->feeds->feed[i];
    const size_t own = r->stop[k] - b->first_stop[i];
    const feed_stop *stop = &f->stop[own];
    size_t top = own;
    for (int level = 0; level < 3 && f->stop[top].parent != FEED_NONE; level++) top = f->stop[top].parent;
    out->stop[k] = (sund_service_stop){stop->id, stop->name, i, stop->x, stop->y, b->first_stop[i] + top};
  }
  return SUND_OK;
}

sund_code service_links(service_build *b, sund_service *out) {
  uint8_t *used = sund_alloc(b->ctx, b->stops, 1);
  service_rules rules;
  service_readings readings;
  if (!used) return SUND_LIMIT;
  for (size_t t = 0; t < b->trips; t++)
    for (size_t k = 0; k < b->trip[t].calls && !b->trip[t].gone; k++) used[b->call[b->trip[t].first + k].stop] = 1;
  TRY(service_rules_make(b, used, &rules));
  TRY(service_readings_make(b, used, &rules, &readings));
  linking l = {.b = b, .readings = &readings, .out = out};
  TRY(write_stops(&l));
  return link_all(&l, &rules);
}
