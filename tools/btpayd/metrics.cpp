#include "tools/btpayd/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <string_view>
#include <utility>
#include <vector>

namespace btpay {

namespace {

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type, double value) {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  return {std::move(name), std::move(help), type, {metric}};
}

} // namespace

std::string render_metrics(const server& sockets, const event_log& log) {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;
  families.push_back(family("btpay_log_position", "Position of the last event in the log.", MetricType::Gauge,
                            static_cast<double>(raw(log.head()))));
  families.push_back(family("btpay_connections", "Connections of both kinds that are open now.", MetricType::Gauge,
                            static_cast<double>(sockets.connections())));
  for (std::size_t i = 0; i < static_cast<std::size_t>(counted::count_); ++i) {
    const auto what = static_cast<counted>(i);
    const std::string name(to_string(what));
    families.push_back(family("btpay_transport_" + name + "_total", "Transport: " + name + ".", MetricType::Counter,
                              static_cast<double>(sockets.count(what))));
  }
  return prometheus::TextSerializer().Serialize(families);
}

} // namespace btpay
