namespace EmotionMLNet.Trainer.MLNet;

/// <summary>The command line of Trainer, with ML.NET's pipelines among the candidates of 'compare'.</summary>
internal static class Program
{
    public static int Main(string[] args) => Trainer.Program.Run(args, new PipelineSource());
}
