/* ctx.h - inside of the context, for geo/ctx.c and geo/pool.c only. */
#ifndef SUND_GEO_CTX_H
#define SUND_GEO_CTX_H

#include <stdatomic.h>

#include "sund/geo.h"

/* Counts allocations over a context and its children, so that a test can make the n-th one fail. */
typedef struct ctx_count {
  atomic_size_t made;
  size_t fail_at; /* 0 = never */
} ctx_count;

struct sund_ctx {
  struct ctx_block *block;     /* newest arena block first                */
  struct ctx_closing *closing; /* newest deferred closing first           */
  ctx_count own_count;         /* used by a root                          */
  ctx_count *count;            /* the root's                              */
  int threads;
  sund_code code; /* first failure                           */
  char message[1000];
  char source[256];
  bool has_source;
  int64_t feature;
  sund_progress_fn progress;
  double progress_low, progress_high; /* part of the run that shares 0 to 1 stand for */
  void *progress_data;
};

#endif
