// An answer as text, to be sealed and kept for a repeat of its request. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "edge/rest/request_context.hpp"

namespace dialplane {

std::string stored_answer_text(const rest_answer& answer);
// An internal_fault for anything stored_answer_text did not write.
result<rest_answer> parse_stored_answer(std::string_view text);

}  // namespace dialplane
