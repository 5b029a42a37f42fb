using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Commands;

public sealed class WeightsCommandTests
{
    [Fact]
    public void What_is_not_here_is_a_line_that_says_how_to_get_it()
    {
        ProcessResult result = TrainerProcess.Run("weights", "verify", "resnet18");
        Assert.Equal(ExitCode.Usage, result.Code);
        string line = Assert.Single(result.ErrorLines);
        Assert.Contains("weights pull resnet18", line, StringComparison.Ordinal);
        Assert.Contains("resnet18-f37072fd.pth as ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_names_every_backbone_of_the_catalogue()
    {
        string list = TrainerProcess.Run("weights", "list").Output;
        foreach (string name in new[] { "resnet18", "resnet50", "mobilenet-v2", "mobilenet-v3-small", "vgg16", "efficientnet-b0" })
            Assert.Contains(name, list, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_not_there_is_one_line_with_the_way_by_hand()
    {
        ProcessResult result = TrainerProcess.Run("weights", "pull", "resnet18", "--mirror", "http://127.0.0.1:9");
        Assert.Equal(ExitCode.Failure, result.Code);
        Assert.Contains("By hand: put https://", result.ErrorLines[^1], StringComparison.Ordinal);
    }
}
