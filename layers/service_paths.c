/* service_paths.c - ways through stations (pathways.txt): from every platform called at to the others it can be
 * walked to, the quickest (Dijkstra 1959 with a binary heap), within an hour.
 */
#include "service.h"

enum { LONGEST_S = 3600 };

typedef struct step {
  int32_t at_s;
  uint32_t stop;
} step;

typedef struct walking {
  const feed *f;
  size_t *first; /* stops + 1: pathways that leave */
  uint32_t *to;
  int32_t *takes_s;
  int32_t *best_s; /* stops: in the search in hand, INT32_MAX = not reached */
  uint32_t *reached;
  size_t reached_count;
  step *heap;
  size_t heaped;
} walking;

static sund_code make_walking(service_build *b, const feed *f, walking *w) {
  *w = (walking){.f = f};
  w->first = sund_alloc(b->ctx, f->stops + 2, sizeof *w->first);
  w->to = sund_alloc(b->ctx, 2 * f->pathways, sizeof *w->to);
  w->takes_s = sund_alloc(b->ctx, 2 * f->pathways, sizeof *w->takes_s);
  w->best_s = sund_alloc(b->ctx, f->stops, sizeof *w->best_s);
  w->reached = sund_alloc(b->ctx, f->stops, sizeof *w->reached);
  w->heap = sund_alloc(b->ctx, 2 * f->pathways + 1, sizeof *w->heap);
  if (!w->first || !w->to || !w->takes_s || !w->best_s || !w->reached || !w->heap) return SUND_LIMIT;
  size_t *next = w->first + 1;
  for (size_t k = 0; k < f->pathways; k++) {
    next[f->pathway[k].from + 1]++;
    if (f->pathway[k].both) next[f->pathway[k].to + 1]++;
  }
  for (size_t s = 0; s < f->stops; s++) next[s + 1] += next[s], w->best_s[s] = INT32_MAX;
  for (size_t k = 0; k < f->pathways; k++) {
    const feed_pathway *p = &f->pathway[k];
    w->to[next[p->from]] = p->to, w->takes_s[next[p->from]++] = p->seconds;
    if (p->both) w->to[next[p->to]] = p->from, w->takes_s[next[p->to]++] = p->seconds;
  }
  return SUND_OK;
}

static bool sooner(step a, step b) {
  return a.at_s != b.at_s ? a.at_s < b.at_s : a.stop < b.stop;
}

static void push(walking *w, step new) {
  size_t at = w->heaped++;
  for (; at > 0 && sooner(new, w->heap[(at - 1) / 2]); at = (at - 1) / 2) w->heap[at] = w->heap[(at - 1) / 2];
  w->heap[at] = new;
}

static step pop(walking *w) {
  step top = w->heap[0], last = w->heap[--w->heaped];
  size_t at = 0;
  for (size_t child = 1; child < w->heaped; child = 2 * at + 1) {
    if (child + 1 < w->heaped && sooner(w->heap[child + 1], w->heap[child])) child++;
    if (!sooner(w->heap[child], last)) break;
    w->heap[at] = w->heap[child];
    at = child;
  }
  w->heap[at] = last;
  return top;
}

static void reach(walking *w, uint32_t stop, int32_t at_s) {
  if (at_s > LONGEST_S || at_s >= w->best_s[stop]) return;
  if (w->best_s[stop] == INT32_MAX) w->reached[w->reached_count++] = stop;
  w->best_s[stop] = at_s;
  push(w, (step){at_s, stop});
}

/* Each pathway is walked once at most a search, so the heap never holds more than all of them and the start. */
static void search(walking *w, uint32_t from) {
  w->reached_count = w->heaped = 0;
  reach(w, from, 0);
  while (w->heaped > 0) {
    step s = pop(w);
    if (s.at_s > w->best_s[s.stop]) continue;
    for (size_t k = w->first[s.stop]; k < w->first[s.stop + 1]; k++) reach(w, w->to[k], s.at_s + w->takes_s[k]);
  }
}

sund_code service_paths_add(service_build *b, const uint8_t *used, service_rules *rules) {
  for (size_t i = 0; i < b->feeds->count; i++) {
    const feed *f = &b->feeds->feed[i];
    const size_t base = b->first_stop[i];
    walking w;
    if (f->pathways == 0) continue;
    TRY(make_walking(b, f, &w));
    for (uint32_t s = 0; s < f->stops; s++) {
      if (!used[base + s] || w.first[s] == w.first[s + 1]) continue;
      search(&w, s);
      for (size_t k = 0; k < w.reached_count; k++) {
        uint32_t to = w.reached[k];
        int32_t takes_s = w.best_s[to];
        w.best_s[to] = INT32_MAX;
        if (to == s || !used[base + to]) continue;
        TRY(service_rules_add(b, rules,
                              (service_rule){.from = (uint32_t)base + s,
                                             .to = (uint32_t)base + to,
                                             .from_route = FEED_NONE,
                                             .to_route = FEED_NONE,
                                             .from_trip = FEED_NONE,
                                             .to_trip = FEED_NONE,
                                             .type = 2,
                                             .seconds = takes_s}));
      }
    }
  }
  return SUND_OK;
}
