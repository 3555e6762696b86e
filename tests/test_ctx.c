/* The context: arena, failures, deferred closing, progress. */
#include <locale.h>

#include "support.h"

static void memory_is_zeroed_and_aligned(void **state) {
  sund_ctx *ctx = *state;
  for (size_t size = 1; size < 3000000; size = size * 3 + 1) {
    unsigned char *bytes = sund_alloc(ctx, 1, size);
    assert_non_null(bytes);
    assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
    assert_int_equal(bytes[0], 0);
    assert_int_equal(bytes[size - 1], 0);
    memset(bytes, 0xFF, size); /* the next one must be zeroed all the same */
  }
  assert_non_null(sund_alloc(ctx, 0, 8));
}

static void overflowing_sizes_are_refused(void **state) {
  sund_ctx *ctx = *state;
  assert_null(sund_alloc(ctx, SIZE_MAX / 2, 4));
  assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
}

static void the_first_failure_wins(void **state) {
  sund_ctx *ctx = *state;
  assert_int_equal(sund_fail(ctx, SUND_DATA, "row %d is wrong", 7), SUND_DATA);
  assert_int_equal(sund_fail(ctx, SUND_SOURCE, "later"), SUND_DATA);
  assert_int_equal(sund_blame(ctx, "a.gpkg", 8), SUND_DATA);
  assert_int_equal(sund_blame(ctx, "b.gpkg", 9), SUND_DATA);
  const char *message, *source;
  int64_t feature;
  assert_int_equal(sund_failure(ctx, &message, &source, &feature), SUND_DATA);
  assert_string_equal(message, "row 7 is wrong");
  assert_string_equal(source, "a.gpkg");
  assert_int_equal(feature, 8);
}

static void long_messages_end_with_a_whole_character(void **state) {
  sund_ctx *ctx = *state;
  char text[2000];
  for (size_t i = 0; i + 2 < sizeof text; i += 2) memcpy(text + i, "\xC3\xB8", 3);
  sund_fail(ctx, SUND_DATA, "x%s", text);
  const char *message;
  sund_failure(ctx, &message, NULL, NULL);
  size_t length = strlen(message);
  assert_true(length > 900);
  assert_int_equal(length % 2, 1);
}

static void the_nth_allocation_fails_in_children_too(void **state) {
  sund_ctx *ctx = *state;
  sund_ctx_fail_alloc(ctx, 2);
  sund_ctx *child = sund_ctx_child(ctx);
  assert_non_null(sund_alloc(child, 1, 1));
  assert_null(sund_alloc(child, 1, 1));
  assert_int_equal(sund_ctx_pass(ctx, child), SUND_LIMIT);
  sund_ctx_free(child);
  assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
  assert_non_null(sund_alloc(ctx, 1, 1));
}

static void arrays_grow_and_keep_what_they_held(void **state) {
  sund_ctx *ctx = *state;
  size_t room = 0, *number = NULL;
  for (size_t i = 0; i < 1000; i++) {
    size_t *grown = sund_grow(ctx, number, &room, i + 1, sizeof *number);
    assert_non_null(grown);
    assert_true(room > i);
    number = grown;
    assert_int_equal(number[i], 0);
    number[i] = i;
  }
  for (size_t i = 0; i < 1000; i++) assert_int_equal(number[i], i);
  const size_t before = room;
  assert_ptr_equal(sund_grow(ctx, number, &room, before, sizeof *number), number);
  sund_ctx_fail_alloc(ctx, 1);
  assert_null(sund_grow(ctx, number, &room, before + 1, sizeof *number));
  assert_int_equal(room, before);
}

static void append(void *data) {
  char *text = *(char **)data;
  text[strlen(text)] = *(char *)((char **)data + 1);
}

static void closings_run_newest_first(void **state) {
  (void)state;
  char text[4] = "";
  struct {
    char *text;
    char letter;
  } a = {text, 'a'}, b = {text, 'b'}, c = {text, 'c'};
  sund_ctx *ctx = sund_ctx_new();
  assert_ok(ctx, sund_defer(ctx, append, &a));
  assert_ok(ctx, sund_defer(ctx, append, &b));
  sund_ctx_fail_alloc(ctx, 1);
  assert_int_equal(sund_defer(ctx, append, &c), SUND_LIMIT);
  assert_string_equal(text, "c"); /* closed at once */
  sund_ctx_free(ctx);
  assert_string_equal(text, "cba");
}

static int stop_at_half(double share, const char *message, void *data) {
  (void)message, (void)data;
  return share < 0.5;
}

static void progress_can_stop_the_run(void **state) {
  sund_ctx *ctx = *state;
  assert_ok(ctx, sund_progress(ctx, 0.9, "no hook, no stop"));
  sund_ctx_progress(ctx, stop_at_half, NULL);
  assert_ok(ctx, sund_progress(ctx, 0.1, "going on"));
  assert_int_equal(sund_progress(ctx, 0.5, "stop"), SUND_CANCELLED);
}

/* A host program with a decimal comma changes no text, and gets its locale back. */
static void texts_have_a_point_in_any_locale(void **state) {
  sund_ctx *ctx = *state;
  static const char *const names[] = {"da_DK.UTF-8", "sv_SE.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8"};
  const char *set = NULL, *message = NULL;
  for (size_t i = 0; i < 4 && !set; i++) set = setlocale(LC_ALL, names[i]);
  if (!set) skip();
  char host[16];
  snprintf(host, sizeof host, "%.1f", 1.5);
  const char *text = sund_text(ctx, "%.2f %g %s", 0.25, 1e-9, "\xC3\xB8");
  sund_fail(ctx, SUND_DATA, "%.3f m", 12345.678);
  sund_failure(ctx, &message, NULL, NULL);
  char after[16];
  snprintf(after, sizeof after, "%.1f", 1.5);
  setlocale(LC_ALL, "C");
  assert_string_equal(host, "1,5");
  assert_string_equal(text, "0.25 1e-09 \xC3\xB8");
  assert_string_equal(message, "12345.678 m");
  assert_string_equal(after, "1,5");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(memory_is_zeroed_and_aligned),
      SUND_TEST(overflowing_sizes_are_refused),
      SUND_TEST(the_first_failure_wins),
      SUND_TEST(long_messages_end_with_a_whole_character),
      SUND_TEST(the_nth_allocation_fails_in_children_too),
      SUND_TEST(arrays_grow_and_keep_what_they_held),
      SUND_TEST(closings_run_newest_first),
      SUND_TEST(progress_can_stop_the_run),
      SUND_TEST(texts_have_a_point_in_any_locale),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
