// Feeds bytes to the reader of answers as a hostile server would: no crash, limits kept, and the
// rhythm of arrival does not change what is read.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http_answer_reader.hpp"

namespace {

using namespace dialplane;
using progress = http_answer_reader::progress;

void demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

struct outcome {
  progress end = progress::need_more;
  http_answer answer;
};

outcome read(std::string_view bytes, std::size_t step, const http_answer_limits& limits) {
  http_answer_reader reader(limits);
  outcome out;
  while (!bytes.empty() && out.end == progress::need_more) {
    const std::size_t now = std::min(step, bytes.size());
    out.end = reader.consume(bytes.substr(0, now));
    bytes.remove_prefix(now);
  }
  if (out.end == progress::need_more) out.end = reader.end_of_input();
  demand(out.end != progress::need_more, "the end of input ends the answer");
  if (out.end == progress::refused) {
    demand(!reader.complaint().empty() && !reader.reusable(), "a refusal says why");
    return out;
  }
  out.answer = reader.take();
  demand(out.answer.status >= 200 && out.answer.status <= 999, "a final status");
  demand(out.answer.body.size() <= limits.body_bytes, "the body is within its limit");
  demand(out.answer.headers.size() <= limits.header_count, "the headers are within their limit");
  demand(out.answer.header("content-length") == nullptr ||
             out.answer.header("transfer-encoding") == nullptr,
         "one framing only");
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const http_answer_limits limits{.head_bytes = 2048, .header_count = 20, .body_bytes = 512};
  const outcome whole = read(bytes, bytes.size() + 1, limits);
  for (const std::size_t step : {1U, 7U}) {
    const outcome pieces = read(bytes, step, limits);
    demand(pieces.end == whole.end, "the same end in pieces");
    demand(pieces.answer.status == whole.answer.status, "the same status in pieces");
    demand(pieces.answer.body == whole.answer.body || whole.answer.cut, "the same body in pieces");
  }
  return 0;
}
