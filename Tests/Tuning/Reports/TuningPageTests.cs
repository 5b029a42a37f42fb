using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using EmotionMLNet.Training.Tuning.Reports;
using EmotionMLNet.Training.Tuning.Results;

namespace EmotionMLNet.Tests.Tuning.Reports;

public sealed class TuningPageTests
{
    [Fact]
    public void Look()
    {
        File.WriteAllText("/tmp/wt/look.html", TuningPage.Render(MadeSearch.Realistic()));
        File.WriteAllText("/tmp/wt/look300.html", TuningPage.Render(MadeSearch.Realistic(300)));
        File.WriteAllText("/tmp/wt/tiny.html", TuningPage.Render(MadeSearch.Tiny()));
        File.WriteAllText("/tmp/wt/trials.csv", TrialsCsv.Write(MadeSearch.Realistic()));
        File.WriteAllText("/tmp/wt/best.json", BestJson.Write(MadeSearch.Realistic()));
    }
}
