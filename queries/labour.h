/* labour.h - inside of the query `labour`: what its files hand to each other. Method, rules and limits: docs/labour.md.
 *
 * Order of a run: labour_units_make (units, flows, areas, minutes); for each rule labour_partition_make; then the reports,
 * each from the partitions alone: labour_report (indicators), labour_layers (maps and tables), labour_overlaps (two rules
 * held against each other), labour_together (units asked about as one), labour_steps (markets as minutes shrink).
 *
 * Vocabulary: a *unit* is what the flows name (a municipality); its *residents* are all persons of the flows who live in
 * it, its *jobs* all who work in it; a *market* is named by the unit that leads it.
 */
#ifndef SUND_QUERIES_LABOUR_H
#define SUND_QUERIES_LABOUR_H

#include "sund/queries.h"

/* As read by the option table. Shares may be given as parts of 1 or as per cent: see labour_share. */
typedef struct labour_options {
  sund_strings flows, minutes;  /* sources: read as the roles flows and travel                          */
  sund_strings rule;            /* "scb", "containment", "ttwa"                                         */
  double max_out, max_single;   /* scb: of a centre's residents, elsewhere and in one other unit        */
  double min_size, target_size; /* containment: employed residents                      */
  double min_containment, target_containment; /* containment                                          */
  double centre_size, min_link;               /* ttwa                                                 */
  sund_strings centres;                       /* ttwa: ids, also several with commas                  */
  sund_strings together;                      /* sets of ids, with commas                             */
  sund_numbers shrink;                        /* minutes taken off pairs across the border            */
  double border_factor;                       /* of the steps; 0 = as estimated                       */
  const char *model;                          /* "gravity" or "pivot"                                 */
  double flow_lines;                          /* at most so many flows are drawn                      */
} labour_options;

/* Units sorted by id. Arrays have n rows, or n * n: from row to column. */
typedef struct labour_units {
  size_t n;
  const char **id, **name;
  const char **country;     /* NULL = not known                                                     */
  size_t *area;             /* row of the areas, SIZE_MAX = in none                                 */
  double *persons;          /* inhabitants, NAN                                                     */
  double *flow;             /* n * n: persons                                                       */
  double *residents, *jobs; /* sums of rows and of columns                                          */
  uint8_t *beside;          /* n * n: neighbours; NULL = not told                                   */
  double *minutes;          /* n * n: NAN = not told; NULL without minutes                          */
  uint8_t *across;          /* n * n: 1 = in another country; NULL when no country is known         */
  double all;               /* persons of all flows                                                 */
} labour_units;

typedef struct labour_market {
  size_t leader; /* unit                                     */
  size_t units;
  double residents, jobs, inside; /* inside: live and work in it              */
  double persons;                 /* inhabitants; NAN when one is not known   */
  double crossing;                /* of the inside: from one country to another */
  const char *countries;          /* "DK, SE", or NULL                        */
} labour_market;

/* The units by one rule. */
typedef struct labour_partition {
  const char *rule;
  const char *method;   /* "labour-scb/1#...."                              */
  size_t *market;       /* units: number of the market, SIZE_MAX = left over */
  size_t *follows;      /* scb: units: the unit it follows, SIZE_MAX; else NULL */
  uint8_t *cut;         /* scb: units: 1 = follows no longer; else NULL     */
  size_t count;         /* markets, in the order of their leaders           */
  labour_market *found; /* count                                            */
} labour_partition;

typedef struct labour_run {
  const sund_inputs *in;
  const labour_options *options;
  sund_results *out;
  labour_units units;
  size_t rules;
  labour_partition *partition; /* rules */
} labour_run;

extern const char *const labour_rule_words[]; /* ended by NULL */

/* ------------------------------------------------------------------------------------------ labour_options.c */
enum { LABOUR_OPTIONS = 17 };
extern const sund_option labour_option_table[LABOUR_OPTIONS];
/* 0.75 and 75 are the same share. */
double labour_share(double given);
sund_code labour_check(sund_ctx *ctx, uint32_t roles, const void *options);

/* --------------------------------------------------------------------------------------------- labour_read.c */
sund_code labour_units_make(sund_ctx *ctx, labour_run *run);
/* The unit of that id, SIZE_MAX = none. */
size_t labour_unit_find(const labour_units *units, const char *id);
/* Units of a list of ids or names with commas, each once, in the order of their ids. SUND_DATA names the one that is not
 * there. */
sund_code labour_unit_list(sund_ctx *ctx, const labour_run *run, const char *option, const char *ids, size_t *count,
                           size_t **out);
/* The texts of some units, joined by `between`; NULL without memory. */
const char *labour_join(sund_ctx *ctx, const char *const *text, size_t count, const size_t *unit,
                        const char *between);
sund_code labour_note(sund_ctx *ctx, labour_run *run, const char *severity, const char *text);

/* -------------------------------------------------------------------------------------------- labour_rules.c */
/* Markets of any flows between the units by a rule: leader of each unit's market, SIZE_MAX = left over. follows, cut: n,
 * scb only; or NULL. */
sund_code labour_divide(sund_ctx *ctx, const labour_run *run, const char *rule, const double *flow, size_t *leader,
                        size_t *follows, uint8_t *cut);
sund_code labour_partition_make(sund_ctx *ctx, labour_run *run, const char *rule, labour_partition *out);
sund_containment_rule labour_containment(const labour_options *options);
/* Sums of a set of units: in[unit] = 1 for its members. leader is the one with most residents. */
sund_code labour_sum(sund_ctx *ctx, const labour_units *units, const uint8_t *in, labour_market *out);
/* Persons among the residents (jobs) who work (live) inside, in per cent; NAN without any. */
double labour_percent(double part, double whole);
/* Validity of a set by the rule of containment. */
double labour_validity(const labour_options *options, const labour_market *market);

/* --------------------------------------------------------------------------------------------------- reports */
sund_code labour_report(sund_ctx *ctx, labour_run *run);   /* labour_report.c: labour.self_containment ...    */
sund_code labour_areas(sund_ctx *ctx, labour_run *run);    /* labour_areas.c: layers labour_areas             */
sund_code labour_maps(sund_ctx *ctx, labour_run *run);     /* labour_maps.c: layers labour_markets, labour_flows */
sund_code labour_overlaps(sund_ctx *ctx, labour_run *run); /* labour_overlap.c: table labour_overlap          */
sund_code labour_together(sund_ctx *ctx, labour_run *run); /* labour_together.c: table labour_together        */
sund_code labour_steps(sund_ctx *ctx, labour_run *run);    /* labour_steps.c: table labour_steps              */

/* Colours of markets on the map by market_id, legend = names; label: column drawn as text, or NULL. (labour_maps.c) */
sund_code labour_style(sund_ctx *ctx, const labour_run *run, const labour_partition *partition, const char *label,
                       const sund_style **out);
/* "labour_areas" of the first rule, "labour_areas_containment" of a further one. */
const char *labour_layer_name(sund_ctx *ctx, const labour_run *run, const labour_partition *partition,
                              const char *name);

#endif
