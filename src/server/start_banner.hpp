// What a started server prints for people: the keys, once, and the two founding requests as lines
// to paste.
#pragma once

#include <string>

#include "server/first_start.hpp"
#include "server/settings.hpp"

namespace dialplane {

// Ends with the line "listening on URL". The keys are in it only if they were made now.
std::string start_banner(const first_start_report& report, bool with_requests,
                         const std::string& url);

}  // namespace dialplane
