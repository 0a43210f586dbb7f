#include "net/http.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace dialplane {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [](char left, char right) { return lower(left) == lower(right); });
}

const std::string* http_request::header(std::string_view name) const noexcept {
  for (const http_header& each : headers) {
    if (equal_ignoring_case(each.name, name)) return &each.value;
  }
  return nullptr;
}

std::size_t http_request::count_of(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(headers.begin(), headers.end(), [name](const http_header& each) {
        return equal_ignoring_case(each.name, name);
      }));
}

responder& responder::operator=(responder&& other) noexcept {
  if (this != &other) {
    if (sink_) sink_->abandon();
    sink_ = std::move(other.sink_);
  }
  return *this;
}

responder::~responder() {
  if (sink_) sink_->abandon();
}

void responder::respond(http_response response) {
  CHECK(sink_ != nullptr);  // empty, or answered before
  const std::shared_ptr<sink> to = std::move(sink_);
  sink_ = nullptr;
  to->respond(std::move(response));
}

}  // namespace dialplane
