// What Surge's refusals mean for us: its HTTP status and error type, put in our four classes.
//
// Surge answers {"error":{"type","message","detail"?}}. Its own sentence is shown to operators in
// the log; what callers read is ours. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "net/http_answer_reader.hpp"

namespace dialplane::surge {

inline constexpr std::size_t wrong_fields_max = 32;  // named of one refusal

struct api_failure {
  error what;
  int status = 0;                   // 0: there was no whole answer
  std::string type = {};            // "validation_error"; empty where none was told
  std::vector<std::string> fields = {};  // dot paths of `detail`, and each one's first complaint
  std::vector<std::string> complaints = {};

  bool is(std::string_view wanted) const noexcept { return type == wanted; }
  // Only in Surge's own words: a bare 404 may be anybody's on the way, and proves nothing.
  bool says_absent() const noexcept {
    return (status == 404 && !type.empty()) || status == 410 || type == "account_archived";
  }
};

// Whether the call that failed could have changed anything at Surge.
enum class call_effect { reads, writes };

// An answer with a status other than 2xx.
api_failure failure_of(const http_answer& answer, call_effect effect);
// No whole answer came; a call that only reads certainly changed nothing.
api_failure failure_of(error transport, call_effect effect);
// An answer of success that makes no sense.
error strange_answer(std::string_view why, call_effect effect);

}  // namespace dialplane::surge
