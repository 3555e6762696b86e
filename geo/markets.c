/* markets.c - local labour markets by the rule of Statistics Sweden.
 *
 * Order: every unit is found to be a centre or to follow another; rings, which have no centre, are opened at their
 * smallest share; then, as long as a chain has more than two links, the smallest share of all links that lie in such
 * chains is cut; a market is what hangs together. Where shares are equal the unit with the lower number counts as the
 * smaller, so that the answer does not hang on the order of anything but the units.
 * Source: Statistics Sweden, Lokala arbetsmarknader (LA): 20 % and 7.5 %, at most two links to the centre.
 */
#include <math.h>
#include <string.h>

#include "sund/geo.h"

static const size_t CENTRE = SIZE_MAX;
enum { MOST_LINKS = 2 };

/* Who follows whom. */
typedef struct chains {
  size_t n;
  size_t *follows; /* as found                                         */
  size_t *link;    /* as it holds: CENTRE for centres and where it was cut */
  double *share;   /* of the residents that go there                   */
  size_t *depth;   /* links to the centre                              */
  size_t *height;  /* links of the longest chain that ends here        */
  uint8_t *cut;
} chains;

static sund_code make(sund_ctx *ctx, size_t n, chains *c) {
  c->n = n;
  c->follows = sund_alloc(ctx, n, sizeof *c->follows);
  c->link = sund_alloc(ctx, n, sizeof *c->link);
  c->share = sund_alloc(ctx, n, sizeof *c->share);
  c->depth = sund_alloc(ctx, n, sizeof *c->depth);
  c->height = sund_alloc(ctx, n, sizeof *c->height);
  c->cut = sund_alloc(ctx, n, sizeof *c->cut);
  return c->follows && c->link && c->share && c->depth && c->height && c->cut ? SUND_OK : SUND_LIMIT;
}

/* A centre, or the unit most of the residents go to. */
static void judge(const sund_flows *flows, const sund_scb_rule *rule, size_t unit, chains *c) {
  const double *row = flows->flow + unit * flows->n;
  double all = 0, away = 0, most = 0;
  size_t to = CENTRE;
  for (size_t j = 0; j < flows->n; j++) {
    all += row[j];
    if (j == unit) continue;
    away += row[j];
    if (row[j] > most) most = row[j], to = j;
  }
  const double residents = rule->residents ? rule->residents[unit] : all;
  bool centre = !(residents > 0) || (away <= rule->total_share * residents && most <= rule->single_share * residents);
  c->follows[unit] = c->link[unit] = centre ? CENTRE : to;
  c->share[unit] = centre ? 0 : most / residents;
}

static void cut(chains *c, size_t unit) {
  c->link[unit] = CENTRE;
  c->cut[unit] = 1;
}

/* Opens every ring at its smallest share. A walk marks what it passes with its own number; where it meets its own mark
 * there is a ring. */
static void open_rings(chains *c) {
  size_t *mark = c->depth; /* not yet in use */
  memset(mark, 0, c->n * sizeof *mark);
  for (size_t start = 0; start < c->n; start++) {
    size_t at = start;
    while (at != CENTRE && mark[at] == 0) mark[at] = start + 1, at = c->link[at];
    if (at == CENTRE || mark[at] != start + 1) continue;
    size_t weakest = at;
    for (size_t next = c->link[at]; next != at; next = c->link[next])
      if (c->share[next] < c->share[weakest] || (c->share[next] == c->share[weakest] && next < weakest))
        weakest = next;
    cut(c, weakest);
  }
}

static void measure(chains *c) {
  memset(c->height, 0, c->n * sizeof *c->height);
  for (size_t i = 0; i < c->n; i++) {
    size_t links = 0;
    for (size_t at = i; c->link[at] != CENTRE; links++) {
      at = c->link[at];
      if (c->height[at] < links + 1) c->height[at] = links + 1;
    }
    c->depth[i] = links;
  }
}

/* The link of smallest share among those in chains that are too long; CENTRE = there is none. */
static size_t weakest_link(const chains *c) {
  size_t weakest = CENTRE;
  for (size_t i = 0; i < c->n; i++) {
    if (c->link[i] == CENTRE || c->height[i] + c->depth[i] <= MOST_LINKS) continue;
    if (weakest == CENTRE || c->share[i] < c->share[weakest]) weakest = i;
  }
  return weakest;
}

static void shorten(chains *c) {
  measure(c);
  for (size_t unit = weakest_link(c); unit != CENTRE; unit = weakest_link(c)) {
    cut(c, unit);
    measure(c);
  }
}

static sund_code work(sund_ctx *scratch, const sund_flows *flows, const sund_scb_rule *rule, chains *c) {
  TRY(make(scratch, flows->n, c));
  for (size_t i = 0; i < flows->n; i++) judge(flows, rule, i, c);
  open_rings(c);
  shorten(c);
  return SUND_OK;
}

sund_code sund_markets_scb(sund_ctx *ctx, const sund_flows *flows, const sund_scb_rule *rule, size_t *market,
                           size_t *follows, uint8_t *was_cut) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  chains c;
  sund_code code = work(scratch, flows, rule, &c);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  for (size_t i = 0; code == SUND_OK && i < flows->n; i++) {
    size_t at = i;
    while (c.link[at] != CENTRE) at = c.link[at];
    market[i] = at;
    if (follows) follows[i] = c.follows[i];
    if (was_cut) was_cut[i] = c.cut[i];
  }
  sund_ctx_free(scratch);
  return code;
}
