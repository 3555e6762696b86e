/* supply.h - how much green there is for each person: what homes can reach, and what they must share with others.
 *
 * Pure functions on pairs of green areas and homes within reach; no table, no file. Distances are metres, or minutes
 * when the pairs are in minutes; radii are in the same unit and inclusive. Methods: docs/supply.md.
 */
#ifndef SUND_QUERIES_SUPPLY_H
#define SUND_QUERIES_SUPPLY_H

#include "sund/geo.h"

typedef enum supply_measure {
  SUPPLY_2SFCA,      /* two-step floating catchment area (Luo and Wang 2003): m2 per person       */
  SUPPLY_BFCA,       /* balanced floating catchment area (Paez, Higgins and Vivona 2019): m2 per person */
  SUPPLY_CUMULATIVE, /* all supply within the radius, m2                                          */
  SUPPLY_GRAVITY,    /* the same, weighted by distance, m2                                        */
  SUPPLY_MEASURES
} supply_measure;

/* Weight of a distance d under a radius r; exactly 0 beyond r. */
typedef enum supply_decay {
  DECAY_DICHOTOMY,   /* 1                                                              */
  DECAY_GAUSSIAN,    /* (e^(-(d/r)^2 / 2) - e^(-1/2)) / (1 - e^(-1/2))                 */
  DECAY_EXPONENTIAL, /* e^(-d/r), or e^(-V d) with a decay value V                     */
  DECAY_DENSITY,     /* 3/4 (1 - (d/r)^2)                                              */
  DECAY_POWER,       /* 1 up to d = 1, d^(-V) farther out; V = 1 when not given        */
  SUPPLY_DECAYS
} supply_decay;

/* Their names in options and column names, ended by NULL; order of the enumerations. */
extern const char *const supply_measure_names[];
extern const char *const supply_decay_names[];

/* What is asked. The radius of a group wins over that of a kind, which wins over the common one. */
typedef struct supply_rule {
  supply_measure measure;
  supply_decay decay;         /* not used by SUPPLY_CUMULATIVE                       */
  double decay_value;         /* V; 0 = not given                                    */
  double radius;              /* the common one; INFINITY = everything in the pairs  */
  const double *kind_radius;  /* by kind of green, NAN = the common one; NULL = none */
  size_t groups;              /* population groups that have a radius of their own   */
  const double *group_radius; /* groups                                              */
} supply_rule;

/* What it is asked about. */
typedef struct supply_case {
  const sund_pairs *pairs; /* rows: green areas; to: homes                                                     */
  const double *supply;    /* pairs->rows: m2, or whatever is handed out; not negative                         */
  const int32_t *kind;     /* pairs->rows: index into kind_radius, negative = none; NULL = none for all        */
  size_t homes;
  const double *persons;      /* homes: not negative                                                           */
  const double *const *group; /* groups columns of homes: persons of the group, NAN = 0                        */
} supply_case;

/* The answer. */
typedef struct supply_answer {
  double *value;        /* homes: persons-weighted mean over the home's groups; 0 = no green in reach        */
  double **group_value; /* groups columns of homes: what a person of the group has there; NULL = no groups   */
  double handed;        /* 2SFCA, BFCA: supply of the green that somebody has in reach                         */
  double idle;          /* 2SFCA, BFCA: supply of the green that nobody has in reach: it hands out nothing      */
  double overfull;      /* persons that groups have more than their homes; groups are scaled down to the home */
} supply_answer;

double supply_weight(const supply_rule *rule, double distance, double radius);

/* Supply of every home. 2SFCA: what all persons have together is what was handed out; BFCA: the homes' values add up to
 * the levels of service: both are checked (SUND_DEFECT). SUND_DATA for a negative or unknown supply or persons. Memory
 * is linear in homes and green areas; the order of sums is that of the pairs. */
sund_code supply_measure_homes(sund_ctx *ctx, const supply_case *what, const supply_rule *rule, supply_answer *out);

/* Persons and what they have, against a demand a person. */
typedef struct supply_balance {
  double persons; /* who have a value                               */
  double mean;    /* persons-weighted mean value; NAN = nobody      */
  double balance; /* mean - demand                                  */
  double under;   /* persons with less than the demand              */
  double over;    /* persons with more; exactly the demand: neither */
} supply_balance;

/* Over n homes; those whose value is NAN are left out. */
supply_balance supply_balance_of(size_t n, const double *persons, const double *value, double demand);

#endif
