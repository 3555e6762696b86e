/* ctx.c - the context: an arena of blocks, the first failure, deferred closings.
 *
 * The arena hands out the rest of its newest block and takes a new one when that is used up; blocks double up to
 * 1 MB, a large request gets a block of its own. Nothing is given back before the context is freed.
 */
#include "ctx.h"

#include <assert.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_FIRST = 4096, BLOCK_LARGEST = 1 << 20, ROOM_FIRST = 16, ALIGNMENT = _Alignof(max_align_t) };

struct ctx_block {
  struct ctx_block *next;
  size_t size; /* bytes after the header */
  size_t used;
  _Alignas(max_align_t) unsigned char bytes[];
};

struct ctx_closing {
  struct ctx_closing *next;
  void (*close)(void *);
  void *data;
};

static sund_ctx *new_ctx(void) {
  sund_ctx *ctx = calloc(1, sizeof *ctx);
  if (!ctx) return NULL;
  ctx->count = &ctx->own_count;
  ctx->feature = SUND_NO_FEATURE;
  ctx->threads = 1;
  ctx->progress_high = 1;
  return ctx;
}

sund_ctx *sund_ctx_new(void) {
  sund_ctx *ctx = new_ctx();
  if (ctx) sund_ctx_threads(ctx, 0);
  return ctx;
}

sund_ctx *sund_ctx_child(sund_ctx *parent) {
  sund_ctx *ctx = new_ctx();
  if (!ctx) {
    sund_fail(parent, SUND_LIMIT, "out of memory");
    return NULL;
  }
  ctx->count = parent->count;
  ctx->threads = parent->threads;
  ctx->progress = parent->progress;
  ctx->progress_data = parent->progress_data;
  ctx->progress_low = parent->progress_low;
  ctx->progress_high = parent->progress_high;
  return ctx;
}

void sund_ctx_free(sund_ctx *ctx) {
  if (!ctx) return;
  for (struct ctx_closing *closing = ctx->closing; closing; closing = closing->next) closing->close(closing->data);
  struct ctx_block *block = ctx->block;
  while (block) {
    struct ctx_block *next = block->next;
    free(block);
    block = next;
  }
  free(ctx);
}

void sund_ctx_threads(sund_ctx *ctx, int threads) {
  long cores = threads > 0 ? threads : sysconf(_SC_NPROCESSORS_ONLN);
  ctx->threads = cores < 1 ? 1 : cores > 256 ? 256 : (int)cores;
}

int sund_ctx_thread_count(const sund_ctx *ctx) {
  return ctx->threads;
}

void sund_ctx_fail_alloc(sund_ctx *ctx, size_t n) {
  ctx->count->fail_at = n ? atomic_load(&ctx->count->made) + n : 0;
}

size_t sund_ctx_allocations(const sund_ctx *ctx) {
  return atomic_load(&ctx->count->made);
}

static struct ctx_block *add_block(sund_ctx *ctx, size_t bytes) {
  size_t size = ctx->block ? ctx->block->size * 2 : BLOCK_FIRST;
  if (size > BLOCK_LARGEST) size = BLOCK_LARGEST;
  if (size < bytes) size = bytes;
  struct ctx_block *block = calloc(1, sizeof *block + size);
  if (!block) return NULL;
  block->size = size;
  /* A request with a block of its own must not hide the room left in the newest block. */
  if (ctx->block && bytes > BLOCK_LARGEST / 4) {
    block->next = ctx->block->next;
    ctx->block->next = block;
  } else {
    block->next = ctx->block;
    ctx->block = block;
  }
  return block;
}

void *sund_alloc(sund_ctx *ctx, size_t count, size_t size) {
  size_t made = atomic_fetch_add(&ctx->count->made, 1) + 1;
  size_t bytes = 0;
  bool fits = !__builtin_mul_overflow(count, size, &bytes) && bytes < SIZE_MAX / 2;
  bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  if (bytes == 0) bytes = ALIGNMENT;
  struct ctx_block *block = ctx->block;
  if (made == ctx->count->fail_at || !fits) block = NULL;
  else if (!block || block->size - block->used < bytes) block = add_block(ctx, bytes);
  if (!block) {
    sund_fail(ctx, SUND_LIMIT, "out of memory (%zu bytes asked for)", bytes);
    return NULL;
  }
  void *memory = block->bytes + block->used;
  block->used += bytes;
  return memory;
}

void *sund_grow(sund_ctx *ctx, void *items, size_t *room, size_t need, size_t size) {
  if (items && need <= *room) return items;
  size_t more = *room < ROOM_FIRST ? ROOM_FIRST : *room;
  if (items && more <= SIZE_MAX / 2) more *= 2;
  if (more < need) more = need;
  void *grown = sund_alloc(ctx, more, size);
  if (!grown) return NULL;
  if (items) memcpy(grown, items, *room * size);
  *room = more;
  return grown;
}

/* vsnprintf with a decimal point, whatever locale the host program has set; -1 when there is no memory for that. */
static int print_plain(char *text, size_t room, const char *format, va_list list) {
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (plain == (locale_t)0) return -1;
  locale_t before = uselocale(plain);
  int length = vsnprintf(text, room, format, list);
  uselocale(before);
  freelocale(plain);
  return length;
}

char *sund_text_list(sund_ctx *ctx, const char *format, va_list list) {
  va_list again;
  va_copy(again, list);
  int length = print_plain(NULL, 0, format, again);
  va_end(again);
  char *text = length < 0 ? NULL : sund_alloc(ctx, (size_t)length + 1, 1);
  if (text && print_plain(text, (size_t)length + 1, format, list) < 0) text = NULL;
  if (!text) sund_fail(ctx, SUND_LIMIT, "out of memory");
  return text;
}

char *sund_text(sund_ctx *ctx, const char *format, ...) {
  va_list list;
  va_start(list, format);
  char *text = sund_text_list(ctx, format, list);
  va_end(list);
  return text;
}

char *sund_text_copy(sund_ctx *ctx, const char *text) {
  size_t bytes = strlen(text) + 1;
  char *copy = sund_alloc(ctx, bytes, 1);
  return copy ? memcpy(copy, text, bytes) : NULL;
}

/* Cuts a text that was too long for its buffer at a whole UTF-8 character. */
static void end_whole(char *text, size_t room) {
  size_t length = strlen(text);
  if (length + 1 < room) return;
  while (length > 0 && ((unsigned char)text[length - 1] & 0xC0) == 0x80) length--;
  if (length > 0 && (unsigned char)text[length - 1] >= 0xC0) length--;
  text[length] = '\0';
}

sund_code sund_fail(sund_ctx *ctx, sund_code code, const char *format, ...) {
  assert(code != SUND_OK);
  if (ctx->code != SUND_OK) return ctx->code;
  ctx->code = code;
  va_list list;
  va_start(list, format);
  int length = print_plain(ctx->message, sizeof ctx->message, format, list);
  va_end(list);
  va_start(list, format);
  /* A message with a comma in a number is better than none. */
  if (length < 0) vsnprintf(ctx->message, sizeof ctx->message, format, list);
  va_end(list);
  end_whole(ctx->message, sizeof ctx->message);
  return code;
}

sund_code sund_blame(sund_ctx *ctx, const char *source, int64_t feature) {
  assert(ctx->code != SUND_OK);
  if (source && !ctx->has_source) {
    snprintf(ctx->source, sizeof ctx->source, "%s", source);
    end_whole(ctx->source, sizeof ctx->source);
    ctx->has_source = true;
  }
  if (ctx->feature == SUND_NO_FEATURE) ctx->feature = feature;
  return ctx->code;
}

sund_code sund_failure(const sund_ctx *ctx, const char **message, const char **source, int64_t *feature) {
  if (message) *message = ctx->code == SUND_OK ? NULL : ctx->message;
  if (source) *source = ctx->has_source ? ctx->source : NULL;
  if (feature) *feature = ctx->feature;
  return ctx->code;
}

sund_code sund_ctx_pass(sund_ctx *ctx, const sund_ctx *child) {
  if (child->code == SUND_OK || ctx->code != SUND_OK) return ctx->code;
  sund_fail(ctx, child->code, "%s", child->message);
  return sund_blame(ctx, child->has_source ? child->source : NULL, child->feature);
}

sund_code sund_defer(sund_ctx *ctx, void (*close)(void *), void *data) {
  struct ctx_closing *closing = sund_alloc(ctx, 1, sizeof *closing);
  if (!closing) {
    close(data);
    return SUND_LIMIT;
  }
  *closing = (struct ctx_closing){ctx->closing, close, data};
  ctx->closing = closing;
  return SUND_OK;
}

void sund_ctx_progress(sund_ctx *ctx, sund_progress_fn hook, void *data) {
  ctx->progress = hook;
  ctx->progress_data = data;
}

void sund_ctx_progress_part(sund_ctx *ctx, double low, double high) {
  ctx->progress_low = low;
  ctx->progress_high = high;
}

sund_code sund_progress(sund_ctx *ctx, double share, const char *message) {
  double whole = ctx->progress_low + share * (ctx->progress_high - ctx->progress_low);
  if (ctx->progress && !ctx->progress(whole, message, ctx->progress_data))
    return sund_fail(ctx, SUND_CANCELLED, "stopped on request");
  return SUND_OK;
}
