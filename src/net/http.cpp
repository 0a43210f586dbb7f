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

delivery_report& delivery_report::operator=(delivery_report&& other) noexcept {
  if (this != &other) {
    tell(false);
    told_ = std::exchange(other.told_, nullptr);
  }
  return *this;
}

void delivery_report::tell(bool arrived) noexcept {
  if (told_) std::exchange(told_, nullptr)(arrived);
}

http_stream& http_stream::operator=(http_stream&& other) noexcept {
  if (this != &other) {
    end();
    sink_ = std::move(other.sink_);
  }
  return *this;
}

http_stream::~http_stream() { end(); }

void http_stream::write(std::string piece, unique_function<void()> taken) {
  if (!sink_) return;  // ended
  sink_->write(std::move(piece), std::move(taken));
}

void http_stream::end() noexcept {
  if (sink_) sink_->end();
  sink_ = nullptr;
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

http_stream responder::stream(http_response head, unique_function<void()> closed) {
  CHECK(sink_ != nullptr);
  const std::shared_ptr<sink> to = std::move(sink_);
  sink_ = nullptr;
  return http_stream(to->stream(std::move(head), std::move(closed)));
}

}  // namespace dialplane
