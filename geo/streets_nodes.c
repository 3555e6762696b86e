/* streets_nodes.c - nodes and links of the streets: where turns are restricted a node has copies that remember how
 * it was come to.
 *
 * The chains are the words of an automaton (Aho and Corasick 1975) whose letters are passes: a state is the longest
 * end of the way so far with which a chain begins, and stands at the node the way has come to. A pass that would
 * complete a forbidden chain, or leave one that has to be kept to, has no link. All searches are plain then.
 *
 * Turning round just behind a restricted junction would undo the restriction: on the edges that lead away from one,
 * a way may not turn at the next node, unless nothing else goes on from there.
 */
#include <math.h>
#include <string.h>

#include "geo/streets.h"

#define NOTHING UINT32_MAX

/* What may follow in a state. */
typedef struct rule {
  uint32_t pass, next; /* next rule of the state, or NOTHING */
  bool must;           /* else must not                      */
} rule;

typedef struct state {
  uint32_t pass;    /* the last one                                     */
  uint32_t before;  /* state without the last pass                      */
  uint32_t fail;    /* state of the longest shorter end                 */
  uint32_t child;   /* first state that is longer by a pass, or NOTHING */
  uint32_t sibling; /* next one with the same `before`, or NOTHING      */
  uint32_t rules;   /* first, or NOTHING                                */
} state;

typedef struct machine {
  sund_ctx *scratch;
  sund_streets *s;
  const sund_graph *g;
  state *state; /* 0 = nothing remembered; a state comes after those it is made of, not after all shorter ones */
  size_t states, state_room;
  rule *rule;
  size_t rules, rule_room;
  uint32_t *first; /* passes: state of that pass alone, 0 = none; NULL = no states */
} machine;

static bool allowed(const machine *m, uint32_t pass) {
  return !isnan(m->s->seconds[pass]);
}

/* ------------------------------------------------------------------------------------------------------- states */

static uint32_t child_of(const machine *m, uint32_t from, uint32_t pass) {
  if (from == 0) return m->first[pass] ? m->first[pass] : NOTHING;
  for (uint32_t c = m->state[from].child; c != NOTHING; c = m->state[c].sibling)
    if (m->state[c].pass == pass) return c;
  return NOTHING;
}

static sund_code grow_child(machine *m, uint32_t from, uint32_t pass, uint32_t *out) {
  *out = child_of(m, from, pass);
  if (*out != NOTHING) return SUND_OK;
  state *grown = sund_grow(m->scratch, m->state, &m->state_room, m->states + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  m->state = grown;
  const uint32_t at = (uint32_t)m->states++;
  grown[at] = (state){.pass = pass, .before = from, .child = NOTHING, .sibling = NOTHING, .rules = NOTHING};
  if (from == 0) {
    m->first[pass] = at;
  } else {
    grown[at].sibling = grown[from].child;
    grown[from].child = at;
  }
  *out = at;
  return SUND_OK;
}

static sund_code add_rule(machine *m, uint32_t at, uint32_t pass, bool must) {
  rule *grown = sund_grow(m->scratch, m->rule, &m->rule_room, m->rules + 1, sizeof *grown);
  if (!grown) return SUND_LIMIT;
  m->rule = grown;
  grown[m->rules] = (rule){pass, m->state[at].rules, must};
  m->state[at].rules = (uint32_t)m->rules++;
  return SUND_OK;
}

static sund_code add_chain(machine *m, bool only, size_t count, const uint32_t *pass) {
  uint32_t at = 0;
  for (size_t i = 0; i + 1 < count; i++) {
    TRY(grow_child(m, at, pass[i], &at));
    if (only || i + 2 == count) TRY(add_rule(m, at, pass[i + 1], only));
  }
  return SUND_OK;
}

/* The state after one more pass. */
static uint32_t step(const machine *m, uint32_t at, uint32_t pass) {
  if (!m->first) return 0;
  for (;;) {
    const uint32_t c = child_of(m, at, pass);
    if (c != NOTHING) return c;
    if (at == 0) return 0;
    at = m->state[at].fail;
  }
}

/* By the number of their passes: shorter states first, so that `fail` is known for them. */
static sund_code link_failures(machine *m) {
  uint32_t *order = sund_alloc(m->scratch, m->states, sizeof *order);
  if (!order) return SUND_LIMIT;
  size_t count = 0;
  for (uint32_t i = 1; i < m->states; i++)
    if (m->state[i].before == 0) order[count++] = i;
  for (size_t i = 0; i < count; i++)
    for (uint32_t c = m->state[order[i]].child; c != NOTHING; c = m->state[c].sibling) {
      m->state[c].fail = step(m, m->state[order[i]].fail, m->state[c].pass);
      order[count++] = c;
    }
  return SUND_OK;
}

static bool may_follow(const machine *m, uint32_t at, uint32_t pass) {
  bool must = false, kept = false;
  for (; at; at = m->state[at].fail)
    for (uint32_t i = m->state[at].rules; i != NOTHING; i = m->rule[i].next) {
      if (!m->rule[i].must && m->rule[i].pass == pass) return false;
      must = must || m->rule[i].must;
      kept = kept || (m->rule[i].must && m->rule[i].pass == pass);
    }
  return kept || !must;
}

/* ------------------------------------------------------------------------------------------------- turning round */

static uint32_t pass_of_arc(const machine *m, uint32_t node, size_t arc) {
  const uint32_t e = m->g->arc_edge[arc];
  return m->g->edge_from[e] == node ? 2 * e : 2 * e + 1;
}

static bool goes_on(const machine *m, uint32_t node, uint32_t pass) {
  for (size_t arc = m->g->first_out[node]; arc < m->g->first_out[node + 1]; arc++) {
    const uint32_t other = pass_of_arc(m, node, arc);
    if (other / 2 != pass / 2 && allowed(m, other)) return true;
  }
  return false;
}

/* No turning round behind the junction at which a chain ends. */
static sund_code forbid_turning(machine *m, uint32_t junction) {
  for (size_t arc = m->g->first_out[junction]; arc < m->g->first_out[junction + 1]; arc++) {
    const uint32_t pass = pass_of_arc(m, junction, arc);
    if (!allowed(m, pass) || !allowed(m, pass ^ 1) || m->g->edge_from[pass / 2] == m->g->edge_to[pass / 2]) continue;
    if (goes_on(m, streets_head(m->g, pass), pass)) TRY(add_chain(m, false, 2, (uint32_t[2]){pass, pass ^ 1}));
  }
  return SUND_OK;
}

static sund_code make_states(machine *m, const streets_chains *chains) {
  uint8_t *seen = sund_alloc(m->scratch, m->g->nodes, 1);
  m->first = sund_alloc(m->scratch, 2 * m->g->edges, sizeof *m->first);
  m->state = sund_grow(m->scratch, NULL, &m->state_room, 1, sizeof *m->state);
  if (!seen || !m->first || !m->state) return SUND_LIMIT;
  m->state[0] = (state){.pass = NOTHING, .child = NOTHING, .sibling = NOTHING, .rules = NOTHING};
  m->states = 1;
  for (size_t i = 0; i < chains->count; i++) {
    const streets_chain *c = &chains->at[i];
    TRY(add_chain(m, c->only, c->count, chains->pass + c->first));
  }
  for (size_t i = 0; i < chains->count; i++)
    for (size_t k = 1; k < chains->at[i].count; k++) {
      const uint32_t junction = streets_tail(m->g, chains->pass[chains->at[i].first + k]);
      if (seen[junction]++ == 0) TRY(forbid_turning(m, junction));
      seen[junction] = 1;
    }
  return link_failures(m);
}

/* ------------------------------------------------------------------------------------------------ nodes and links */

static uint32_t node_of(const machine *m, uint32_t at, uint32_t pass) {
  return at ? (uint32_t)m->g->nodes + at - 1 : streets_head(m->g, pass);
}

static sund_code number_nodes(sund_ctx *ctx, machine *m) {
  sund_streets *s = m->s;
  s->nodes = m->g->nodes + (m->states ? m->states - 1 : 0);
  if (s->nodes >= NOTHING) return sund_fail(ctx, SUND_LIMIT, "%zu nodes are too many", s->nodes);
  s->place = sund_alloc(ctx, s->nodes, sizeof *s->place);
  s->next = sund_alloc(ctx, s->nodes, sizeof *s->next);
  if (!s->place || !s->next) return SUND_LIMIT;
  memset(s->next, 0xff, s->nodes * sizeof *s->next);
  for (uint32_t v = 0; v < m->g->nodes; v++) s->place[v] = v;
  for (uint32_t i = 1; i < m->states; i++) {
    const uint32_t v = node_of(m, i, NOTHING), place = streets_head(m->g, m->state[i].pass);
    s->place[v] = place;
    s->next[v] = s->next[place];
    s->next[place] = v;
  }
  for (uint32_t pass = 0; pass < 2 * m->g->edges; pass++) s->after[pass] = node_of(m, step(m, 0, pass), pass);
  return SUND_OK;
}

/* Links of a node: from its place, in its state. A loop's two passes are both found at each of its two arcs. */
static sund_code link_node(machine *m, uint32_t node, uint32_t at, streets_link **links, size_t *count,
                           size_t *room) {
  const sund_graph *g = m->g;
  const uint32_t place = m->s->place[node];
  for (size_t arc = g->first_out[place]; arc < g->first_out[place + 1]; arc++) {
    const bool again = arc > g->first_out[place] && g->arc_edge[arc] == g->arc_edge[arc - 1];
    const uint32_t pass = pass_of_arc(m, place, arc) ^ (uint32_t)again;
    if (!allowed(m, pass) || !may_follow(m, at, pass)) continue;
    streets_link *grown = sund_grow(m->scratch, *links, room, *count + 1, sizeof *grown);
    if (!grown) return SUND_LIMIT;
    *links = grown;
    grown[(*count)++] = (streets_link){node, node_of(m, step(m, at, pass), pass), pass};
  }
  return SUND_OK;
}

sund_code streets_nodes_make(sund_ctx *ctx, sund_ctx *scratch, sund_streets *streets, streets_chains *chains,
                             size_t *count, streets_link **links) {
  machine m = {.scratch = scratch, .s = streets, .g = streets->graph};
  if (chains->count) TRY(make_states(&m, chains));
  TRY(number_nodes(ctx, &m));
  streets_link *link = NULL;
  size_t n = 0, room = 0;
  for (uint32_t v = 0; v < m.g->nodes; v++) TRY(link_node(&m, v, 0, &link, &n, &room));
  for (uint32_t i = 1; i < m.states; i++) TRY(link_node(&m, node_of(&m, i, NOTHING), i, &link, &n, &room));
  *count = n;
  *links = link;
  return SUND_OK;
}
