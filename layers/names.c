/* names.c - comparing names and naming files, for the upper floor. */
#include <string.h>

#include "sund/layers.h"
#include "word.h"

bool sund_same_name(const char *a, const char *b) {
  return word_alike(a, b);
}

const char *sund_base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}
