/* streets.h - what the rooms of the streets share: arcs, ends of ways on the nodes, one search.
 *
 * A *node* is one of the graph (numbers below graph->nodes), or a copy of one that remembers how it was come to,
 * where a turn depends on it (streets_turns.c). An *arc* leads from node to node along an edge in one of its
 * directions; edge and direction together are a *pass*, 2 * edge + 1 when against the edge's direction, else 2 *
 * edge.
 */
#ifndef SUND_GEO_STREETS_H
#define SUND_GEO_STREETS_H

#include "sund/geo.h"

#define STREETS_NOTHING UINT32_MAX

typedef struct streets_arc {
  uint32_t node, units;
} streets_arc;

/* Arcs by the node they are found at: for ways onward the tail, for ways backward the head. */
typedef struct streets_arcs {
  size_t *first;    /* nodes + 1                          */
  streets_arc *arc; /* first[nodes]: the node at the other end */
  uint32_t *pass;   /* first[nodes]                       */
} streets_arcs;

struct sund_streets {
  const sund_graph *graph;
  double unit_s, leg_s_m;
  double *seconds;             /* passes, NAN = not allowed                              */
  size_t nodes;                /* copies included                                        */
  uint32_t *place;             /* nodes: node of the graph                               */
  uint32_t *next;              /* nodes: next copy of the same node of the graph, or STREETS_NOTHING */
  uint32_t *after;             /* passes: node one stands at who begins on the edge and goes this way */
  streets_arcs arcs[2];        /* onward, backward                                       */
  uint32_t longest;            /* units of the longest arc                               */
  uint32_t usual;              /* units of an arc, the mean                              */
  struct hierarchy *hierarchy; /* or NULL                                         */
};

/* A pass of the streets before its arcs are made: from node to node. */
typedef struct streets_link {
  uint32_t from, to, pass;
} streets_link;

/* Nearest whole units; SUND_BEYOND when that is more than fits. */
uint32_t streets_units(const sund_streets *streets, double seconds);

/* ------------------------------------------------------------------------------------------ turns: streets_turns.c */

/* Passes in a row, at least two: the last one must not follow the others; or, when `only`, each must follow those before
 * it. */
typedef struct streets_chain {
  bool only;
  size_t first, count; /* of pass */
} streets_chain;
typedef struct streets_chains {
  streets_chain *at;
  size_t count, room;
  uint32_t *pass;
  size_t passes, pass_room;
} streets_chains;
/* Restricted turns as chains. Those that can never be taken anyway are neither used nor lost. */
sund_code streets_turns_read(sund_ctx *scratch, const sund_streets_spec *spec, const sund_streets *streets,
                             streets_chains *out, size_t *used, size_t *lost);
uint32_t streets_tail(const sund_graph *graph, uint32_t pass);
uint32_t streets_head(const sund_graph *graph, uint32_t pass);

/* ---------------------------------------------------------------------------------------- nodes: streets_nodes.c */

/* Links of the streets on which chains hold: fills nodes, place, next, after. Links are memory of scratch. */
sund_code streets_nodes_make(sund_ctx *ctx, sund_ctx *scratch, sund_streets *streets, streets_chains *chains,
                             size_t *count, streets_link **links);

/* -------------------------------------------------------------------------------------- ends: streets_ends.c */

/* Where a way that begins at a spot comes to the nodes, or where one that ends there leaves them. */
typedef struct streets_end {
  uint32_t node, units;
  double metres; /* both with the leg */
  uint32_t pass; /* along which       */
} streets_end;
typedef struct streets_ends {
  streets_end *at;
  size_t count, room;
} streets_ends;
/* Adds them. */
sund_code streets_ends_add(sund_ctx *ctx, const sund_streets *streets, const sund_spot *spot, bool begins,
                           streets_ends *ends);
/* The way from one spot to another on the same edge without a node; units SUND_BEYOND = against its direction. */
streets_end streets_direct(const sund_streets *streets, const sund_spot *from, const sund_spot *to);

/* Targets as the searches find them: by node, and by edge. */
typedef struct streets_target {
  uint32_t target, units;
  double metres;
} streets_target;
typedef struct streets_targets {
  const sund_spot *spot;
  size_t count;
  size_t *first;      /* nodes + 1                              */
  streets_target *at; /* first[nodes]                           */
  size_t *first_on;   /* edges + 1                              */
  uint32_t *on;       /* targets on the edge                    */
} streets_targets;
/* begins: the targets are where ways begin (trees backward). */
sund_code streets_targets_make(sund_ctx *ctx, const sund_streets *streets, size_t count, const sund_spot *spot,
                               bool begins, streets_targets *out);

/* ------------------------------------------------------------------------------------- search: streets_search.c */

/* Of equally fast ways the shorter one is better, where metres are kept. */
typedef struct streets_search {
  sund_ctx *ctx;
  const sund_streets *streets;
  const streets_arcs *arcs;
  uint32_t limit;
  uint32_t *units;   /* nodes: SUND_BEYOND = not reached                  */
  double *metres;    /* nodes, or NULL                                    */
  size_t *by;        /* nodes: arc it was reached by, SIZE_MAX = an end; or NULL */
  uint32_t *reached; /* nodes that were reached, in order of first touch  */
  size_t reached_count;
  struct streets_entry *pool; /* the queue                                    */
  size_t size, room;
  uint32_t spare, *bucket;
  uint32_t mask; /* buckets - 1                                       */
  int shift;     /* a bucket is 1 << shift units wide                 */
  size_t waiting;
  const streets_ends
      *goal; /* when not NULL: nothing that takes longer than the best way to one of these is looked at */
} streets_search;
/* Memory of ctx. with_by: `by` is kept, too. */
sund_code streets_search_open(sund_ctx *ctx, const sund_streets *streets, bool backward, bool metres, bool with_by,
                              streets_search *out);
/* One tree from ends, which are put in order; what the last tree reached is forgotten. */
sund_code streets_search_run(streets_search *search, uint32_t limit, streets_ends *ends);

/* Trees by searches: streets_trees.c. */
sund_code streets_trees_search(sund_ctx *ctx, const sund_streets *streets, const sund_trees_ask *ask,
                               sund_tree_fn visit, void *data);

#endif
