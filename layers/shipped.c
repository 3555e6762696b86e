/* shipped.c - the lists of texts shipped inside the program (layers/profiles, layers/standards): finding one by name. */
#include "shipped.h"

#include <string.h>

const sund_shipped *shipped_find(const sund_shipped *list, const char *name) {
  for (; list->name; list++)
    if (strcmp(list->name, name) == 0) return list;
  return NULL;
}

const char **shipped_names(sund_ctx *ctx, const sund_shipped *list, size_t *count) {
  size_t all = 0;
  while (list[all].name) all++;
  const char **name = sund_alloc(ctx, all, sizeof *name);
  for (size_t k = 0; name && k < all; k++) name[k] = list[k].name;
  *count = name ? all : 0;
  return name;
}

sund_code shipped_parse(sund_ctx *ctx, const sund_shipped *shipped, sund_node **out) {
  const char *file = sund_text(ctx, "%s.yaml", shipped->name);
  return file ? sund_yaml_parse(ctx, file, shipped->text, shipped->length, out) : SUND_LIMIT;
}
