// Questions to the person at the terminal: one line asked, one line answered.
//
// The question goes to standard error (or, where that is no terminal, to the terminal itself), as
// standard output is for the answer of the command. What was typed before a question does not
// answer it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dialplane::cli {

enum class typed_text { shown, hidden };

// Nothing: Ctrl-C or the end of input. Needs an interrupt_notice.
std::optional<std::string> ask_line(std::string_view question,
                                    typed_text how = typed_text::shown);

// "y" or "yes".
bool ask_yes(std::string_view question);

}  // namespace dialplane::cli
