/* pool.c - all threading of sund: a parallel `for` that is a plain loop with one thread.
 *
 * Blocks are handed out in order from one counter. A failure stops the handing out, but blocks below the failed one
 * still run, so that the lowest failing block is the same for any number of threads.
 */
#include <pthread.h>
#include <stdlib.h>

#include "ctx.h"

typedef struct job {
  sund_ctx *ctx;
  size_t rows, block;
  sund_for_fn fn;
  void *data;
  atomic_size_t next;   /* first row nobody has taken        */
  pthread_mutex_t lock; /* guards the two below              */
  size_t failed;        /* first row of the lowest failed block, or SIZE_MAX */
  atomic_size_t stop;   /* blocks from here on need not run  */
} job;

static void note_failure(job *j, sund_ctx *worker, size_t begin) {
  pthread_mutex_lock(&j->lock);
  if (begin < j->failed) {
    j->failed = begin;
    atomic_store(&j->stop, begin);
    /* A lower block's failure replaces that of a higher one. */
    j->ctx->code = SUND_OK;
    j->ctx->has_source = false;
    j->ctx->feature = SUND_NO_FEATURE;
    sund_ctx_pass(j->ctx, worker);
  }
  pthread_mutex_unlock(&j->lock);
}

static void *work(void *data) {
  job *j = data;
  for (;;) {
    size_t begin = atomic_fetch_add(&j->next, j->block);
    if (begin >= j->rows || begin >= atomic_load(&j->stop)) return NULL;
    size_t end = j->rows - begin < j->block ? j->rows : begin + j->block;
    /* One worker context a block: memory stays small and the failure belongs to the block. */
    pthread_mutex_lock(&j->lock);
    sund_ctx *worker = sund_ctx_child(j->ctx);
    pthread_mutex_unlock(&j->lock);
    if (!worker) {
      atomic_store(&j->stop, 0);
      return NULL;
    }
    worker->threads = 1;
    if (j->fn(worker, begin, end, j->data) != SUND_OK) note_failure(j, worker, begin);
    sund_ctx_free(worker);
  }
}

sund_code sund_for(sund_ctx *ctx, size_t rows, size_t block, sund_for_fn fn, void *data) {
  if (ctx->code != SUND_OK || rows == 0) return ctx->code;
  job j = {.ctx = ctx, .rows = rows, .block = block ? block : 1, .fn = fn, .data = data, .failed = SIZE_MAX};
  atomic_init(&j.next, 0);
  atomic_init(&j.stop, SIZE_MAX);
  pthread_mutex_init(&j.lock, NULL);
  size_t blocks = (rows - 1) / j.block + 1;
  size_t others = (size_t)ctx->threads - 1;
  if (others > blocks - 1) others = blocks - 1;
  pthread_t thread[256];
  size_t started = 0;
  while (started < others && pthread_create(&thread[started], NULL, work, &j) == 0) started++;
  work(&j); /* a thread that could not be started is no failure: the others do its rows */
  for (size_t i = 0; i < started; i++) pthread_join(thread[i], NULL);
  pthread_mutex_destroy(&j.lock);
  return ctx->code;
}
