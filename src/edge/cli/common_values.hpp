// Words and options that several commands take, and columns that several answers show.
#pragma once

#include "edge/cli/command.hpp"

namespace dialplane::cli {

constexpr command_value phone_word = {.name = "PHONE",
                                      .field = "id",
                                      .help = "The number's id.",
                                      .place = value_place::path,
                                      .completes = "phone"};
constexpr command_value agent_word = {.name = "AGENT",
                                      .field = "agent_id",
                                      .help = "The agent's id.",
                                      .place = value_place::path,
                                      .completes = "agent"};
constexpr command_value limit_option = {.name = "--limit",
                                        .field = "limit",
                                        .help = "Rows at most (20).",
                                        .place = value_place::query,
                                        .kind = value_kind::integer,
                                        .placeholder = "N"};
constexpr command_value cursor_option = {.name = "--cursor",
                                         .field = "cursor",
                                         .help = "Go on after a page: its next_cursor.",
                                         .place = value_place::query,
                                         .placeholder = "CURSOR"};
constexpr command_value offset_option = {.name = "--offset",
                                         .field = "offset",
                                         .help = "Leave out that many rows first.",
                                         .place = value_place::query,
                                         .kind = value_kind::integer,
                                         .placeholder = "N"};
constexpr command_value after_option = {.name = "--after",
                                        .field = "starting_after",
                                        .help = "Rows after this id.",
                                        .place = value_place::query,
                                        .placeholder = "ID"};
constexpr command_value data_option = {
    .name = "--data",
    .field = "",
    .help = "The request's members as JSON, @FILE, or - for standard input.",
    .kind = value_kind::json,
    .placeholder = "JSON"};
constexpr command_value label_option = {
    .name = "--label", .field = "label", .help = "What people call it.", .placeholder = "TEXT"};
constexpr command_value page_options[] = {limit_option, cursor_option};

}  // namespace dialplane::cli
