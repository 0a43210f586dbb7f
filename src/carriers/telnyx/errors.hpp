// What Telnyx's error answers mean: {"errors": [{"code", "title", "detail"}]}, codes as texts.
// Pure; never throws on what it reads.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "base/error.hpp"
#include "net/http_answer_reader.hpp"

namespace dialplane::telnyx {

struct failure_meaning {
  error failure;
  std::string code;  // Telnyx's, "" where there is none
};

// Of an answer whose status is not 2xx. By code where it is known, else by status: 5xx and what
// is no status of a refusal are unknown, 4xx are refused.
failure_meaning meaning_of(const http_answer& answer, const boost::json::object& body);

// The recipient told Telnyx to stop (40300): sends to it end there.
inline constexpr std::string_view opted_out_code = "40300";

}  // namespace dialplane::telnyx
