// --all: a list's pages one after another, as one answer; with --jsonl, row by row as they arrive.
#pragma once

#include <cstddef>

#include "edge/cli/client_call.hpp"
#include "edge/cli/watch.hpp"

namespace dialplane::cli {

// Rows that are asked for at a time.
inline constexpr std::size_t page_rows = 100;

// Of commands that take --cursor, --after or --offset.
bool has_pages(const client_command& command);

// Ten thousand rows at most; whoever wants more is told how to go on. A refusal on the way is the
// command's, whatever was shown before it.
int show_all_pages(client_call& call, const api_request& first, waiting_spinner& spinner);

}  // namespace dialplane::cli
