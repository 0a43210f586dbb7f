// Writing for people and for programs: standard output and standard error of the commands.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "base/error.hpp"

namespace dialplane {

// On standard output, at once.
void print_text(std::string_view text);
void print_beside(std::string_view text);  // on standard error
bool output_is_terminal();
bool input_is_terminal();

// One line of JSON, or, for people, one line per member and one per row of a list.
void print_answer(const boost::json::value& answer, bool as_json);

// "dialplane: sentence" and the hint, on standard error.
void print_problem(const error& failure);

}  // namespace dialplane
